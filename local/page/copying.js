// Buttons that copy a text.
import { h } from './dom.js';
import { say } from './announce.js';

/** A button that copies what `text()` returns. `what` completes its name for a screen reader. */
export function copyButton(what, text, label = 'Copy') {
  const name = label === 'Copy' ? [label, h('span', { class: 'hidden' }, ` ${what}`)] : [label];
  return h('button', { type: 'button', class: 'quiet', onclick: () => copy(what, text()) }, name);
}

/** Copy a text, and say so. */
export async function copy(what, text) {
  try {
    await navigator.clipboard.writeText(text);
    say(`Copied ${what}.`);
  } catch {
    say('Your browser does not let this page copy: select the text and copy it yourself.');
  }
}
