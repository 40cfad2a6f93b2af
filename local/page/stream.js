// What happens, as the gateway sends it: one EventSource for the whole page.

const listeners = new Map();
let wasLost = false;

/** Have `listener` called with the data of each message: row, change, rates, skipped, chaos, open, lost, again. */
export function on(name, listener) {
  listeners.set(name, [...(listeners.get(name) ?? []), listener]);
}

/** Open the stream; the browser opens it anew after each loss. */
export function start() {
  const source = new EventSource('/live/stream');
  for (const name of ['row', 'change', 'rates', 'skipped', 'chaos']) {
    source.addEventListener(name, (message) => emit(name, JSON.parse(message.data)));
  }
  source.addEventListener('open', () => {
    emit('open');
    if (wasLost) emit('again');
    wasLost = false;
  });
  source.addEventListener('error', () => {
    wasLost = true;
    emit('lost');
    // A browser gives up for good on an answer that is no stream: a gateway that is starting.
    if (source.readyState === EventSource.CLOSED) setTimeout(start, 2000);
  });
}

function emit(name, data) {
  for (const listener of listeners.get(name) ?? []) listener(data);
}
