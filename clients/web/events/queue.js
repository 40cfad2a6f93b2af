// What waits to be sent: in this tab's memory, and in IndexedDB, which all tabs share.
//
// An item is its tab's own for a minute, and again whenever the tab is about to send it. One that
// was left for longer, by a page that is gone or frozen, is taken over by the tab that finds it.

import { databaseOf } from './database.js';
import { ignore, MINUTE, newId, tell } from './shapes.js';

const BATCH_EVENTS = 100; // Pinpoint's limit
const LEASE_MS = MINUTE;

export function queueOf(name, maxQueued, onDropped) {
  const database = databaseOf(name);
  const { change } = database;
  const tab = newId();
  const items = new Map(); // by id
  const busy = new Set(); // ids that are under way
  const stored = new Set(); // ids that IndexedDB has
  const settled = new Set(); // ids that IndexedDB is about to remove
  let unsaved = []; // what goes there next, together: a page that closes has little time
  let count = 0;

  const isLeased = ({ leased }, now) => Math.abs(now - leased) < LEASE_MS;
  const oldestFirst = () => [...items.values()].sort((a, b) => a.time - b.time || a.n - b.n);

  function forget(id) {
    items.delete(id);
    stored.delete(id);
  }

  /** Adds an item; a brief one ends with the page. */
  function add(item, isBrief) {
    Object.assign(item, { tab, leased: item.time, n: count++ });
    items.set(item.id, item);
    if (!isBrief && unsaved.push(item) === 1) queueMicrotask(save);
    bound();
  }

  function save() {
    const saved = unsaved;
    unsaved = [];
    if (!saved.length) return; // erased meanwhile
    // What cannot be stored is sent from memory.
    change((store) => saved.forEach((item) => store.put(item)), true).then(
      () => saved.forEach(({ id }) => items.has(id) && stored.add(id)),
      ignore,
    );
  }

  /** The oldest go where there are too many. */
  function bound() {
    if (items.size <= maxQueued) return;
    const over = oldestFirst().filter(({ id }) => !busy.has(id)).slice(0, items.size - maxQueued);
    over.forEach((item) => tell(onDropped, item));
    settle(over);
  }

  /** Removes what the gateway has taken or rejected. */
  function settle(done) {
    const ids = done.map(({ id }) => id).filter((id) => items.has(id));
    if (!ids.length) return;
    for (const id of ids) {
      forget(id);
      settled.add(id);
    }
    change((store) => ids.forEach((id) => store.delete(id))).then(() => ids.forEach((id) => settled.delete(id)), ignore);
  }

  /** Takes over what other tabs left, and leaves to them what they took over; whether they have any. */
  async function claim() {
    const now = Date.now();
    let others = false;
    await change((store) => {
      store.getAll().onsuccess = ({ target }) => {
        const gone = new Set(stored);
        for (const item of target.result) {
          gone.delete(item.id);
          if (settled.has(item.id)) continue;
          if (item.tab !== tab && isLeased(item, now)) {
            forget(item.id);
            others = true;
            continue;
          }
          const taken = { ...item, tab, leased: now };
          store.put(taken);
          items.set(item.id, taken);
          stored.add(item.id);
        }
        gone.forEach(forget); // another tab has sent them
        bound();
      };
    });
    return others;
  }

  /** The oldest that may go together: of one endpoint, an update of it only at their head. */
  function next(isSkipped, bytes) {
    const batch = [];
    for (const item of oldestFirst()) {
      if (busy.has(item.id) || isSkipped(item)) continue;
      bytes -= item.size;
      if (batch.length && (item.isEndpoint || item.endpoint !== batch[0].endpoint || bytes < 0)) break;
      if (batch.push(item) === BATCH_EVENTS) break;
    }
    return batch;
  }

  /** Whether another tab may have taken it over since. */
  const isLapsed = (item) => stored.has(item.id) && !isLeased(item, Date.now());

  /** Leaves nothing in memory, nor in IndexedDB. */
  function erase() {
    unsaved = [];
    items.clear();
    stored.clear();
    database.erase();
  }

  return { add, busy, claim, erase, items, isLapsed, next, settle };
}
