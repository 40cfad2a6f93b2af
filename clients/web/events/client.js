// Sends a web page's events to a PutEvents gateway, and keeps each until it has been answered.

import { queueOf } from './queue.js';
import { recorderOf } from './recorder.js';
import { senderOf } from './sender.js';
import { visitorOf } from './visitor.js';

const warn = (what) => (about) => console.warn('Event', what, about);

export function createClient({
  url,
  applicationId,
  pageViews,
  enabled = true,
  maxQueued = 1000,
  onDropped = warn('dropped'),
  onRejected = warn('rejected'),
  onError = warn('waits'),
  ...others
}) {
  if (!applicationId || !/^https?:/.test(url)) throw TypeError('url, applicationId needed');
  const address = `${url.replace(/\/+$/, '')}/v1/apps/${encodeURIComponent(applicationId)}/events`;
  const name = `putevents:${applicationId}`;
  const visitor = visitorOf(name, enabled);
  const { isEnabled } = visitor;
  const ending = new AbortController();
  const ended = ending.signal;
  const queue = queueOf(name, maxQueued, onDropped);
  const { expect, flush, sendLast } = senderOf(address, queue, isEnabled, ended, onRejected, onError, others);
  const put = (item, isBrief) => {
    queue.add(item, isBrief);
    expect();
  };
  const { identify, pause, record, reset, visit } = recorderOf(visitor, put, onRejected, others);
  const isHidden = () => document.visibilityState === 'hidden';
  const isVisible = () => !ended.aborted && isEnabled() && !isHidden();
  let isPaused;
  let viewed;

  function show() {
    if (!isVisible()) return;
    isPaused = false;
    visit(Date.now());
    view();
    expect(); // what other pages left goes along
  }

  function hide() {
    if (!isEnabled()) return;
    if (!isPaused) pause();
    isPaused = true;
    sendLast();
  }

  /** Records a page view, once for an address; its query and hash may hold what is private. */
  function view() {
    const here = location.origin + location.pathname;
    if (!pageViews || here === viewed || !isVisible()) return;
    const referrer = (viewed ?? document.referrer).replace(/[?#].*/, '');
    viewed = here;
    // A function adds some; `true` has no `call`.
    record('pageView', { url: here.slice(0, 200), referrer: referrer.slice(0, 200) || null, ...pageViews.call?.() });
  }

  function setEnabled(on) {
    visitor.save(on ? { ...visitor.load(), on } : { on });
    if (on) show();
    else queue.erase();
  }

  /** A call of the page's, with consent; what it throws is not the page's error. */
  const safely = (call) => (...values) => {
    try {
      if (ended.aborted) throw Error('closed');
      if (isEnabled()) return call(...values);
    } catch (error) {
      onError(error);
    }
  };

  const listen = (type, act) => addEventListener(type, act, { signal: ended });
  listen('visibilitychange', () => (isHidden() ? hide() : show()));
  listen('pagehide', hide);
  listen('pageshow', ({ persisted }) => {
    if (persisted) viewed = undefined;
    show();
  });
  listen('online', flush);
  if (pageViews) {
    listen('popstate', view);
    for (const method of ['pushState', 'replaceState']) {
      const change = history[method];
      const ours = (history[method] = function (...values) {
        change.apply(this, values);
        queueMicrotask(view); // what it throws is not the navigation's error
      });
      ended.addEventListener('abort', () => {
        if (history[method] === ours) history[method] = change; // else what came after calls ours
      });
    }
  }
  show();
  if (!isEnabled()) queue.erase(); // what a page kept that was closed over it

  return {
    record: safely(record),
    identify: safely(identify),
    flush,
    reset: safely(() => {
      reset();
      show();
    }),
    setEnabled,
    isEnabled,
    close() {
      ending.abort();
      return flush();
    },
  };
}
