// How many events had which verdict; each number is a filter.
import { byId, h } from './dom.js';
import { number } from './text.js';
import { change, get, watch } from './view_state.js';
import { VERDICTS } from './verdicts.js';

const shown = new Map();

/** Make the numbers. */
export function startCounts() {
  for (const { name, sentence } of VERDICTS) {
    const count = h('strong', {}, '0');
    const button = h('button', {
      type: 'button', class: `count ${name}`, title: sentence, 'aria-pressed': 'false',
      onclick: () => change({ verdict: get('verdict') === name ? '' : name, before: '' }),
    }, count, ` ${name}`);
    shown.set(name, { count, button });
    byId('counts').append(button);
  }
  const follow = () => {
    for (const [name, { button }] of shown) button.setAttribute('aria-pressed', String(get('verdict') === name));
  };
  watch(follow);
  follow();
}

/** Show the counts of a summary. */
export function showCounts(counts) {
  for (const [name, { count, button }] of shown) {
    const value = counts[name] ?? 0;
    count.textContent = number(value);
    button.classList.toggle('none', value === 0);
  }
}
