// Sends what waits, and acts on each event's own answer.

import { ignore, MINUTE, tell, until } from './shapes.js';

const REQUEST_MS = 30_000; // API Gateway answers sooner
const CLAIM_MS = 5000;
const LONGEST_MS = 300_000; // between two tries
// A browser lets 64 KiB outlive the page: of that a batch, so that there is room for the last.
const CLOSING_BYTES = 60_000;
const BATCH_BYTES = 30_000;

const bytesOf = (batch) => batch.reduce((bytes, { size }) => bytes + size, 0);

export function senderOf(address, queue, isEnabled, ended, onRejected, onError, { headers, flushInterval = 5000 }) {
  let failures = 0;
  let underWay = 0; // bytes
  let running = Promise.resolve();
  let timer;
  let due;

  function schedule(ms) {
    const at = Date.now() + ms;
    if (ended.aborted || (timer && due <= at)) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(flush, ms);
  }

  /** Sends soon, unless the gateway has just failed: then it is given time. */
  function expect() {
    if (!failures) schedule(flushInterval);
  }

  const flush = () => (running = running.then(run, run));

  async function run() {
    clearTimeout(timer);
    timer = undefined;
    if (!isEnabled()) return queue.erase();
    // Without an answer of IndexedDB, memory has this tab's own.
    const others = await until(AbortSignal.timeout(CLAIM_MS), queue.claim()).catch(ignore);
    if (!isEnabled()) return queue.erase();
    const tried = new Set();
    for (let batch, isUp = true; isUp && (batch = queue.next(({ id }) => tried.has(id), BATCH_BYTES)).length; isUp = await send(batch)) {
      batch.forEach(({ id }) => tried.add(id));
    }
    failures = [...tried].some((id) => queue.items.has(id)) ? failures + 1 : 0;
    if (failures) schedule(Math.min(LONGEST_MS, Math.max(1000, flushInterval) * 2 ** failures) * (1 + Math.random()) / 2);
    else if (queue.items.size) schedule(flushInterval);
    else if (others) schedule(MINUTE);
  }

  /** Sends what fits while the page is closed, without waiting for anything. */
  function sendLast() {
    let left;
    for (let batch; (left = CLOSING_BYTES - underWay) > 0 && (batch = queue.next(queue.isLapsed, Math.min(left, BATCH_BYTES))).length; ) send(batch);
  }

  /** Whether the gateway answered. */
  async function send(batch) {
    const bytes = bytesOf(batch);
    underWay += bytes;
    batch.forEach(({ id }) => queue.busy.add(id));
    try {
      const { EndpointItemResponse, EventsItemResponse } = await ask(batch, bytes <= BATCH_BYTES);
      const answer = ({ id, isEndpoint }) => (isEndpoint ? EndpointItemResponse : EventsItemResponse?.[id]);
      queue.settle(batch.filter((item) => isSettled(item, answer(item))));
      return true;
    } catch (error) {
      queueMicrotask(() => onError(error));
      return false;
    } finally {
      underWay -= bytes;
      batch.forEach(({ id }) => queue.busy.delete(id));
    }
  }

  /** Whether an item was taken or rejected; without an answer, or with 429 or 5xx, it goes again. */
  function isSettled(item, { StatusCode: status = 500, Message: message } = {}) {
    const isRejected = status >= 400 && status < 500 && status !== 429;
    if (isRejected) tell(onRejected, item, { status, message });
    return isRejected || (status === 202 && message === 'Accepted');
  }

  async function ask(batch, keepalive) {
    const [{ endpoint, isEndpoint, json }] = batch;
    const events = batch.filter((item) => !item.isEndpoint).map((item) => `"${item.id}":${item.json}`);
    const body = `{"BatchItem":{${JSON.stringify(`${endpoint}`)}:{"Endpoint":${isEndpoint ? json : '{}'},"Events":{${events}}}}}`;
    const signal = AbortSignal.timeout(REQUEST_MS);
    // A browser does not ask first for this type, unless `headers` adds some.
    const request = { method: 'POST', headers: { 'content-type': 'text/plain;charset=UTF-8' }, body };
    let added = typeof headers === 'function' ? headers({ url: address, ...request }) : headers;
    if (added?.then) added = await until(signal, added); // a page that closes cannot wait
    const response = await fetch(address, {
      ...request,
      headers: { ...request.headers, ...added },
      signal,
      keepalive,
      credentials: 'omit',
      redirect: 'error', // added headers go nowhere else
    });
    const text = await response.text();
    if (!response.ok) {
      throw Object.assign(Error(`HTTP ${response.status}: ${text}`), { status: response.status });
    }
    return JSON.parse(text).Results[endpoint];
  }

  return { expect, flush, sendLast };
}
