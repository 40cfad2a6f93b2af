// The tab of the events: loads them, lets new ones in, and opens one.
import { arrived, say, whisper } from './announce.js';
import { read } from './api.js';
import { byId, show } from './dom.js';
import { DetailPane } from './detail_pane.js';
import { fillEmpty } from './empty_state.js';
import { loadEvent } from './event_detail.js';
import { EventList, MOST } from './event_list.js';
import { filters, isFiltered, matches, startFilters } from './filters.js';
import { fillNoMatch, showNote } from './list_notes.js';
import { arrowKeys } from './keyboard.js';
import { on } from './stream.js';
import { change, get, tab, watch } from './view_state.js';

const PAGE = 200;
const SHOW_MS = 100; // new rows are shown together, so that a storm does not freeze the page
const AFTER_STORM_MS = 1500;
const shows = () => tab() === 'events';

const list = new EventList(byId('event-rows'));
const pane = new DetailPane(byId('event-detail'), loadEvent, (seq) => list.button(Number(seq)));
const state = { asked: '', loading: null, isPaused: false, more: false, next: null, missed: 0, skipped: 0, searched: 0, isLoaded: false, failure: '' };
let [arriving, showing, settling] = [[], 0, 0];

/** Make the tab ready, and load what the address asks for. */
export function startEvents() {
  startFilters(shows);
  const rows = byId('event-rows');
  rows.addEventListener('click', ({ target }) => openRow(target.closest('tr')));
  arrowKeys(rows, (button) => get('open') && openRow(button.closest('tr'), { replaces: true }));
  byId('older').addEventListener('click', older);
  byId('pause').addEventListener('click', pause);
  on('row', (row) => { arriving.push(row); arrived(row); showSoon(); });
  on('change', (row) => { arriving.push({ ...row, isChange: true }); showSoon(); });
  on('skipped', ({ count }) => { state.skipped += count; reloadLater(); showSoon(); });
  on('again', load);
  watch(follow);
  follow();
}

/** Load the events that the filters ask for. */
async function load() {
  state.loading?.abort();
  const loading = new AbortController();
  state.loading = loading;
  try {
    const answer = await read('events', { ...filters(), before: get('before'), limit: PAGE }, loading.signal);
    if (state.loading !== loading) return;
    Object.assign(state, { more: answer.more, next: answer.next, searched: answer.searched, missed: 0, skipped: 0, isLoaded: true, failure: '', loading: null });
    list.reset(answer.events);
    showRows();
    list.button(list.open)?.scrollIntoView({ block: 'nearest' });
  } catch (error) {
    if (state.loading !== loading) return;
    state.loading = null;
    if (error.name === 'AbortError') return;
    state.failure = error.message;
    update();
    whisper(error.message);
  }
}

function follow() {
  if (!shows()) return;
  const asked = JSON.stringify([filters(), get('before')]);
  if (asked !== state.asked) {
    state.asked = asked;
    load();
  }
  list.mark(Number(get('open')) || 0);
  pane.open(get('open'));
}

function showSoon() {
  // A page in the background keeps no more than it would show.
  if (arriving.length > 4 * MOST) arriving = arriving.slice(-2 * MOST);
  showing ||= setTimeout(showRows, SHOW_MS);
}

function showRows() {
  clearTimeout(showing);
  showing = 0;
  if (state.loading) return; // shown after what is being loaded
  const came = arriving;
  arriving = [];
  const wanted = filters();
  for (const { isChange, ...row } of came) {
    if (isChange && String(row.seq) === get('open')) pane.refresh();
    if (!matches(row, wanted)) miss(row, wanted);
    else if (state.isPaused || get('before')) hold(row, isChange);
    else if (!isChange || list.button(row.seq) || row.seq > Math.max(0, list.oldest)) list.put(row);
  }
  update();
}

/** A row that the filters leave out; the gateway searches its text too, the page cannot. */
function miss(row, wanted) {
  if (wanted.q && matches(row, { ...wanted, q: '' })) reloadLater();
  else list.remove(row.seq);
}

/** A list that stands still shows changes of its own rows only. */
function hold(row, isChange) {
  if (list.button(row.seq)) list.put(row);
  else if (!isChange) state.missed += 1;
}

function update() {
  const isEmpty = state.isLoaded && list.size === 0;
  const isFirst = isEmpty && !isFiltered() && !get('before');
  show(byId('event-table'), !isEmpty);
  show(byId('empty'), isFirst);
  show(byId('no-match'), isEmpty && !isFirst);
  show(byId('older'), state.more || list.wasTrimmed);
  if (isFirst) fillEmpty(byId('empty'));
  if (isEmpty && !isFirst) fillNoMatch(byId('no-match'));
  showNote({ ...state, isShort: list.size < PAGE, before: get('before'), resume: () => state.isPaused && pause(), newest: () => change({ before: '' }) });
}

/** What the stream did not bring is in the store: load it when the storm is over. */
function reloadLater() {
  clearTimeout(settling);
  settling = setTimeout(() => { if (!state.isPaused && !get('before')) load(); }, AFTER_STORM_MS);
}

async function older() {
  const before = list.wasTrimmed ? list.oldest : state.next;
  if (list.size + PAGE > MOST) {
    change({ before: String(before) });
    byId('event-table').closest('.list').scrollTop = 0;
    return;
  }
  const answer = await read('events', { ...filters(), before, limit: PAGE }).catch((error) => say(error.message));
  if (!answer || state.loading || before !== state.next) return;
  Object.assign(state, { more: answer.more, next: answer.next, searched: state.searched + answer.searched });
  list.append(answer.events);
  update();
}

function pause() {
  state.isPaused = !state.isPaused;
  byId('pause').setAttribute('aria-pressed', String(state.isPaused));
  byId('pause').textContent = state.isPaused ? 'Resume' : 'Pause';
  if (state.isPaused) update();
  else load();
}

function openRow(element, options) {
  if (!element || String(window.getSelection()).length) return; // a text is being selected
  const seq = element.dataset.seq;
  change({ open: seq === get('open') && !options ? '' : seq }, options);
}
