// What the page shows before the first event: three ways to send it.
import { copyButton } from './copying.js';
import { h } from './dom.js';
import { summary } from './summary.js';

const WAYS = [
  { name: 'curl', title: 'curl', about: 'In a terminal.' },
  { name: 'cli', title: 'AWS CLI', about: 'Version 1 or 2. Without credentials: nothing is signed on a laptop.' },
  { name: 'amplify', title: 'Amplify', about: 'In your web app, before it is configured.' },
];

/** Fill the place with the ways, or with what is known of them yet. */
export function fillEmpty(place) {
  const examples = summary()?.examples;
  if (!examples || place.dataset.filled) return;
  place.dataset.filled = 'yes';
  place.replaceChildren(
    h('h2', {}, 'No event yet'),
    h('p', {}, 'Send one, and it appears here at once.'),
    h('p', { class: 'samples' },
      h('button', { type: 'button', class: 'primary', 'data-sample': 'good' }, 'Send a sample event'),
      h('button', { type: 'button', 'data-sample': 'bad' }, 'Send a bad one')),
    h('div', { class: 'ways' }, ...WAYS.map((way) => card(way, examples[way.name]))));
}

function card({ title, about }, text) {
  return h('section', { class: 'way', 'aria-label': title },
    h('header', {}, h('h3', {}, title), copyButton(`the ${title} example`, () => text)),
    h('p', { class: 'muted' }, about),
    h('pre', { tabindex: 0, role: 'group', 'aria-label': `The ${title} example` }, text));
}
