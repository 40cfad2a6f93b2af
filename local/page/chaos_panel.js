// The tab of chaos: what to break, and what becomes of events meanwhile; its banner on every tab.
import { askChaos, chaos, endChaos, isOn, sentenceOf, setChaos, took, watchChaos } from './chaos_state.js';
import { byId, h, show } from './dom.js';
import { eventRow } from './event_row.js';
import { on } from './stream.js';
import { visible } from './text.js';
import { go, link, tab, watch } from './view_state.js';

const PARTS = [
  { name: 'destination', title: 'The destination' },
  { name: 'queue', title: 'The retry queue' },
];
const SHOWN = 12; // events under "What happens now"
const TITLES = new Map(Object.entries({
  none: 'Works', reject: 'Answers errors', hang: 'Hangs', drip: 'Drips', half: 'Answers for half', fail: 'Fails',
}));
let rows = [];
let drawing = 0;

/** Make the tab and the banner ready. */
export function startChaos() {
  watchChaos(showBanner);
  watchChaos(showForm);
  on('again', askChaos);
  on('chaos', took);
  for (const name of ['row', 'change']) on(name, happened);
  watch(drawSoon);
  draw();
  return askChaos();
}

function showBanner() {
  const broken = PARTS.filter(({ name }) => chaos()[name] !== 'none');
  const banner = byId('banner');
  banner.replaceChildren(
    h('p', {}, h('strong', {}, 'Chaos is on. '), broken.map(({ name }) => visible(sentenceOf(name), 300)).join(' ')),
    h('button', { type: 'button', onclick: endChaos }, 'End chaos'));
  show(banner, isOn());
}

function showForm() {
  const form = byId('chaos-form');
  const focused = form.querySelector(':focus')?.id;
  form.replaceChildren(...PARTS.map(part), h('p', { class: 'run' },
    h('button', { type: 'button', class: 'primary', onclick: endChaos, 'aria-disabled': String(!isOn()) }, 'End chaos'), ' ',
    h('button', { type: 'button', 'data-sample': 'good' }, 'Send a sample event')));
  if (focused) byId(focused)?.focus();
}

function part({ name: of, title }) {
  const modes = chaos().modes[of].map(({ name, sentence }) => {
    const id = `chaos-${of}-${name}`;
    return h('div', { class: 'mode' },
      h('input', { type: 'radio', name: of, id, value: name, checked: chaos()[of] === name, 'aria-describedby': `${id}-says`, onchange: () => setChaos({ [of]: name }) }),
      h('label', { for: id }, titleOf(name)),
      h('span', { class: 'muted', id: `${id}-says` }, sentence));
  });
  return h('fieldset', {}, h('legend', {}, title), ...modes);
}

const titleOf = (name) => TITLES.get(name) ?? name;

function happened(row) {
  rows = [row, ...rows.filter(({ seq }) => seq !== row.seq)].slice(0, SHOWN);
  drawSoon();
}

function drawSoon() {
  drawing ||= setTimeout(draw, 100);
}

function draw() {
  drawing = 0;
  if (tab() !== 'chaos') return;
  const place = byId('chaos-now');
  const title = h('h2', { id: 'chaos-title' }, 'What happens now');
  if (!rows.length) {
    place.replaceChildren(title, h('p', { class: 'muted' }, 'Nothing since this page was opened. Send an event and watch it wait, be tried again and arrive.'));
    return;
  }
  const focused = place.querySelector(':focus')?.closest('tr').dataset.seq;
  const body = h('tbody', { role: 'rowgroup' }, ...rows.map((row) => eventRow(row)));
  for (const button of body.querySelectorAll('.open')) {
    button.tabIndex = 0;
    button.removeAttribute('aria-expanded');
    button.addEventListener('click', () => go(link('events', { open: button.closest('tr').dataset.seq })));
  }
  const names = ['Time', 'Verdict', 'Type', 'Application', 'Endpoint', 'Why, or where it went'];
  place.replaceChildren(title, h('table', { role: 'table', 'aria-labelledby': 'chaos-title' },
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, ...names.map((name) => h('th', { role: 'columnheader', scope: 'col' }, name)))), body));
  if (focused) body.querySelector(`tr[data-seq="${CSS.escape(focused)}"] .open`)?.focus();
}
