// Says what happened: a line on the screen for a while, and to a screen reader.
import { byId } from './dom.js';

const SHOWN_MS = 6000;
const EVENTS_EVERY_MS = 10_000; // a reader is told of events no more often
let hiding = 0;
let heard = { count: 0, rejected: 0, timer: 0 };

/** Show a line and have it read out. */
export function say(text) {
  const toast = byId('toast');
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { toast.hidden = true; }, SHOWN_MS);
  whisper(text);
}

/** Have a line read out, not shown. */
export function whisper(text) {
  byId('announcer').textContent = text;
}

/** Count an event that arrived: a reader hears of many at once, and of the rest later. */
export function arrived(row) {
  heard.count += 1;
  if (row.verdict === 'rejected') heard.rejected += 1;
  if (heard.timer) return;
  heard.timer = setTimeout(tellArrived, heard.count === 1 ? 500 : EVENTS_EVERY_MS);
}

function tellArrived() {
  const { count, rejected } = heard;
  if (count) whisper(`${count} new event${count === 1 ? '' : 's'}${rejected ? `, ${rejected} rejected` : ''}`);
  heard = { count: 0, rejected: 0, timer: count ? setTimeout(tellArrived, EVENTS_EVERY_MS) : 0 };
}
