// The gateway's summary: counts, names for the filters, examples. Asked again while events come.
import { read } from './api.js';
import { byId, show } from './dom.js';
import { showCounts } from './counts.js';
import { offer } from './filters.js';
import { setRates } from './rates_plot.js';
import { on } from './stream.js';

const EVERY_MS = 1000;
let waiting = 0;
let current = null;

/** What the gateway said last; null before its first answer. */
export const summary = () => current;

/** Ask for it, and again after what changes it. */
export async function startSummary() {
  for (const name of ['row', 'change', 'skipped']) on(name, askSoon);
  on('again', ask);
  await ask();
}

function askSoon() {
  waiting ||= setTimeout(ask, EVERY_MS);
}

async function ask() {
  clearTimeout(waiting);
  waiting = 0;
  try {
    current = await read('summary');
  } catch {
    return; // the connection's line says so
  }
  showCounts(current.counts);
  setRates(current.rates.slice(0, -1)); // the last second is not over
  byId('cannot').textContent = current.cannot.join(' ');
  show(byId('cannot'), current.cannot.length > 0);
  byId('address').textContent = current.address;
  offer(byId('filters').elements.application, current.applications);
  offer(byId('filters').elements.type, current.types);
  offer(byId('endpoint-filters').elements.application, current.applications);
}
