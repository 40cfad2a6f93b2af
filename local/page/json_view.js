// JSON to read: indented, coloured, bounded, with a button that copies all of it.
import { copyButton } from './copying.js';
import { h } from './dom.js';
import { escapedLines, number } from './text.js';

const NAMES = new Map([['Came', 'what came'], ['Stored', 'what was stored'], ['Answered', 'what was answered']]);
const MOST_CHARACTERS = 20_000; // what is shown of one value
const TOKENS = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\b(?:true|false|null)\b/g;

/** A titled column with a value, or with the sentence that says why there is none. */
export function jsonColumn(title, value, note) {
  const isThere = value !== null && value !== undefined;
  const text = isThere ? JSON.stringify(value, null, 2) : '';
  return h('section', { class: 'column', 'aria-label': title },
    h('header', {}, h('h3', {}, title), isThere ? copyButton(NAMES.get(title) ?? `the ${title.toLowerCase()}`, () => text) : null),
    isThere ? jsonText(title, text) : h('p', { class: 'muted' }, note));
}

function jsonText(title, text) {
  const rest = text.length - MOST_CHARACTERS;
  return h('pre', { tabindex: 0, role: 'group', 'aria-label': `${title}, as JSON` },
    ...coloured(escapedLines(text.slice(0, MOST_CHARACTERS))),
    rest > 0 ? h('span', { class: 'muted' }, `\n… ${number(rest)} more characters: Copy has them all`) : null);
}

function coloured(text) {
  const parts = [];
  let end = 0;
  for (const token of text.matchAll(TOKENS)) {
    const [all, string, colon] = token;
    if (string && !colon) parts.push(text.slice(end, token.index), h('span', { class: 'string' }, all));
    else if (string) parts.push(text.slice(end, token.index), h('span', { class: 'key' }, string), colon);
    else parts.push(text.slice(end, token.index), h('span', { class: 'value' }, all));
    end = token.index + all.length;
  }
  return [...parts, text.slice(end)];
}
