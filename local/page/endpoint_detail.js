// An opened endpoint: as GetEndpoint shows it, its user, its last events; and its deletion.
import { say } from './announce.js';
import { read, remove } from './api.js';
import { h } from './dom.js';
import { typeOf } from './event_row.js';
import { jsonColumn } from './json_view.js';
import { machineTime, timeOf, visible } from './text.js';
import { badge } from './verdicts.js';
import { link } from './view_state.js';

const SURE_MS = 4000; // in which a second click deletes

/** Load an endpoint and make what the pane shows; `removed(key)` is called when it is deleted. */
export async function loadEndpoint(key, signal, removed) {
  const { endpoint, user, history } = await read(`endpoints/${key}`, {}, signal);
  const [application, id] = key.split('/').map(decodeURIComponent);
  const events = link('events', { application, endpoint: id });
  return {
    title: [h('bdi', {}, visible(id, 120))],
    buttons: [h('a', { class: 'button', href: events }, 'Its events'), deleteButton(key, removed)],
    parts: [h('div', { class: 'columns' },
      jsonColumn('Endpoint', endpoint, 'Not stored.'),
      jsonColumn('User', user, 'It belongs to no user.'),
      historyColumn(history ?? []))],
  };
}

function historyColumn(rows) {
  const items = rows.map((row) => h('li', {},
    h('a', { href: link('events', { open: String(row.seq) }) }, h('time', { datetime: machineTime(row.at) }, timeOf(row.at))), ' ',
    badge(row.verdict), ' ', typeOf(row)));
  return h('section', { class: 'column history', 'aria-label': 'History' },
    h('header', {}, h('h3', {}, 'History')),
    rows.length ? h('ol', { tabindex: 0, 'aria-label': 'Its events, newest first' }, ...items) : h('p', { class: 'muted' }, 'No event of it is known.'));
}

function deleteButton(key, removed) {
  let sure = 0;
  const button = h('button', { type: 'button', class: 'danger', onclick: press }, 'Delete');
  function reset() {
    sure = 0;
    button.textContent = 'Delete';
  }
  async function press() {
    if (!sure) {
      button.textContent = 'Really delete it?';
      sure = setTimeout(reset, SURE_MS);
      return;
    }
    clearTimeout(sure);
    reset();
    try {
      await remove(`endpoints/${key}`);
      say('Deleted the endpoint.');
      removed(key);
    } catch (error) {
      say(error.message);
    }
  }
  return button;
}
