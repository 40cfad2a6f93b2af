// The tab of SQL: a named query or any statement, its answer as a table and as a chart.
import { whisper } from './announce.js';
import { read, send } from './api.js';
import { copyButton } from './copying.js';
import { byId, h } from './dom.js';
import { lineChart } from './line_chart.js';
import { resultTable, tabSeparated } from './result_table.js';
import { counted, visible } from './text.js';
import { change, get, tab, watch } from './view_state.js';

const SLOW = 'Asking … The first statement over many events reads all of them, once: some seconds for a million.';
const shows = () => tab() === 'sql';
let named = new Map();
let running = null;
let loading = null;
let followed = null;

/** Make the tab ready. */
export function startSql() {
  byId('named').addEventListener('change', ({ target }) => {
    change({ name: target.value, query: '' });
    if (target.value) run();
  });
  byId('query').addEventListener('input', () => {
    if (byId('named').value) byId('named').value = '';
    byId('named-sentence').textContent = '';
  });
  byId('query').addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    if (event.repeat) event.preventDefault(); // a key that is held down asks once
    else submit(event);
  });
  byId('sql-form').addEventListener('submit', submit);
  watch(follow);
  follow();
}

async function follow() {
  if (!shows()) return;
  loading ??= loadNamed();
  await loading;
  const now = JSON.stringify([get('name'), get('query')]);
  if (now === followed) return;
  followed = now;
  const query = named.get(get('name'));
  byId('named').value = query ? query.name : '';
  byId('named-sentence').textContent = query ? query.sentence : '';
  byId('query').value = query ? query.sql : get('query') || byId('query').value;
}

async function loadNamed() {
  try {
    const queries = await read('queries');
    named = new Map(queries.map((query) => [query.name, query]));
    byId('named').append(...queries.map(({ name }) => h('option', { value: name }, name.replaceAll('_', ' '))));
  } catch (error) {
    answer(h('p', { role: 'alert', class: 'error' }, error.message));
  }
}

function submit(event) {
  event.preventDefault();
  if (!byId('named').value) change({ name: '', query: byId('query').value });
  run();
}

async function run() {
  await loading;
  const name = get('name');
  const statement = byId('query').value.trim();
  if (!name && !statement) {
    answer(h('p', { class: 'muted' }, 'There is no statement to run.'));
    return;
  }
  running?.abort();
  const mine = new AbortController();
  running = mine;
  byId('sql-answer').setAttribute('aria-busy', 'true');
  answer(h('p', { class: 'muted' }, 'Asking …'));
  const slow = setTimeout(() => running === mine && answer(h('p', { class: 'muted' }, SLOW)), 2000);
  try {
    const result = await send('sql', name ? { name } : { query: statement }, mine.signal);
    if (running === mine) showResult(result, name);
  } catch (error) {
    if (error.name !== 'AbortError') answer(h('p', { role: 'alert', class: 'error' }, h('bdi', {}, visible(error.message, 5000))));
  } finally {
    clearTimeout(slow);
    if (running === mine) byId('sql-answer').removeAttribute('aria-busy');
  }
}

function showResult(result, name) {
  const { rows, truncated, seconds, chart } = result;
  const text = `${counted(rows.length, 'row')}${truncated ? ', the first of more' : ''}, ${seconds.toFixed(2)} s`;
  whisper(text);
  answer(
    h('header', { class: 'result' }, h('p', { class: 'muted' }, text), rows.length ? copyButton('the table', () => tabSeparated(result), 'Copy as TSV') : null),
    chart && rows.length > 1 ? lineChart(result, name.replaceAll('_', ' ') || 'The answer') : null,
    rows.length ? resultTable(result) : h('p', {}, 'No row answers it.'));
}

function answer(...parts) {
  byId('sql-answer').replaceChildren(...parts.filter(Boolean));
}
