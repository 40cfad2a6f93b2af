// The tab of the endpoints: the stored ones, and one opened with its user and history.
import { say } from './announce.js';
import { read } from './api.js';
import { byId, h, show } from './dom.js';
import { DetailPane } from './detail_pane.js';
import { loadEndpoint } from './endpoint_detail.js';
import { bindForm } from './filters.js';
import { arrowKeys, tabStop } from './keyboard.js';
import { machineTime, timeOf, visible } from './text.js';
import { all, change, get, tab, watch } from './view_state.js';

const PAGE = 100;
const MOST = 500;
const NAMES = ['q', 'application'];
const shows = () => tab() === 'endpoints';

const pane = new DetailPane(byId('endpoint-detail'), (key, signal) => loadEndpoint(key, signal, removed), buttonOf);
let asked = null;
let loading = null;
let after = '';

/** Make the tab ready. */
export function startEndpoints() {
  bindForm(byId('endpoint-filters'), NAMES, shows);
  const rows = byId('endpoint-rows');
  rows.addEventListener('click', ({ target }) => open(target.closest('tr')));
  arrowKeys(rows, (button) => get('open') && open(button.closest('tr'), { replaces: true }));
  byId('endpoints-refresh').addEventListener('click', () => load());
  byId('more-endpoints').addEventListener('click', () => load(after));
  watch(follow);
  follow();
}

function follow() {
  if (!shows()) {
    asked = null; // what is stored may be other when the tab is seen again
    return;
  }
  const now = JSON.stringify(all(NAMES));
  if (now !== asked) load();
  asked = now;
  mark();
  pane.open(get('open'));
}

async function load(from = '') {
  loading?.abort();
  loading = new AbortController();
  try {
    const { endpoints, more, next } = await read('endpoints', { ...all(NAMES), limit: PAGE, after: from }, loading.signal);
    const rows = endpoints.map(endpointRow);
    if (from) byId('endpoint-rows').append(...rows);
    else byId('endpoint-rows').replaceChildren(...rows);
    after = next ?? '';
    const count = byId('endpoint-rows').childElementCount;
    show(byId('more-endpoints'), more && count < MOST);
    show(byId('endpoint-table'), count > 0);
    showNone(count === 0);
    if (!from) tabStop(byId('endpoint-rows'));
    mark();
  } catch (error) {
    if (error.name !== 'AbortError') say(error.message);
  }
}

function showNone(isNone) {
  const isFiltered = NAMES.some((name) => get(name));
  byId('no-endpoints').replaceChildren(
    h('h2', {}, isFiltered ? 'Nothing matches' : 'No endpoint yet'),
    h('p', {}, isFiltered ? 'No endpoint is as the filters ask.' : 'An event brings its endpoint along; UpdateEndpoint stores one too.'));
  show(byId('no-endpoints'), isNone);
}

function endpointRow(row) {
  const key = keyOf(row);
  const name = h('button', { type: 'button', class: 'open id', tabindex: -1, 'aria-expanded': 'false' }, h('bdi', {}, visible(row.endpoint)));
  return h('tr', { role: 'row', 'data-key': key },
    cell('endpoint', name),
    cell('application', h('bdi', {}, visible(row.application))),
    cell('user', h('bdi', {}, visible(row.user))),
    cell('channel', h('bdi', {}, visible(row.channel))),
    cell('at', row.updated ? h('time', { datetime: machineTime(row.updated) }, timeOf(row.updated)) : ''));
}

const cell = (name, ...children) => h('td', { role: 'cell', class: name }, ...children);

/** What names an endpoint in the address: both ids, each encoded. */
export const keyOf = ({ application, endpoint }) => [application, endpoint].map(encodeURIComponent).join('/');

function rowOf(key) {
  return [...byId('endpoint-rows').children].find((row) => row.dataset.key === key) ?? null;
}

function buttonOf(key) {
  return rowOf(key)?.querySelector('.open') ?? null;
}

function mark() {
  for (const row of byId('endpoint-rows').children) {
    const isOpen = row.dataset.key === get('open');
    row.classList.toggle('is-open', isOpen);
    row.querySelector('.open').setAttribute('aria-expanded', String(isOpen));
  }
}

function open(row, options) {
  if (!row || String(window.getSelection()).length) return;
  const { key } = row.dataset;
  change({ open: key === get('open') && !options ? '' : key }, options);
}

function removed(key) {
  rowOf(key)?.remove();
  change({ open: '' });
  load();
}
