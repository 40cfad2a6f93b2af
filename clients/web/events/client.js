// Sends a web page's events to a PutEvents gateway, and keeps each until it has been answered.

import { queueOf } from './queue.js';
import { recorderOf } from './recorder.js';
import { senderOf } from './sender.js';
import { MINUTE, said } from './shapes.js';
import { visitorOf } from './visitor.js';

const warn = (what) => (about) => console.warn('Event', what, about);
const DEFAULTS = {
  sessions: true,
  sessionTimeout: 30 * MINUTE,
  flushInterval: 5000,
  maxQueued: 1000,
  enabled: true,
  onRejected: warn('rejected'),
  onDropped: warn('dropped'),
  onError: warn('waits'),
};

export function createClient(options) {
  const { url, applicationId, pageViews, enabled, maxQueued, onDropped, ...others } = { ...DEFAULTS, ...said(options) };
  if (!applicationId || !/^https?:/.test(url)) throw TypeError('url, applicationId needed');
  const address = `${url.replace(/\/+$/, '')}/v1/apps/${encodeURIComponent(applicationId)}/events`;
  const name = `putevents:${applicationId}`;
  const visitor = visitorOf(name, enabled);
  const { isEnabled } = visitor;
  const queue = queueOf(name, maxQueued, onDropped);
  const { expect, flush, sendLast } = senderOf(address, queue, isEnabled, others);
  const put = (item, isBrief) => {
    queue.add(item, isBrief);
    expect();
  };
  const { identify, pause, record, reset, visit } = recorderOf(visitor, put, others);
  const isVisible = () => isEnabled() && document.visibilityState !== 'hidden';
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
    const more = typeof pageViews === 'function' ? pageViews() : {};
    record('pageView', { url: here.slice(0, 200), referrer: referrer.slice(0, 200) || null, ...more });
  }

  function setEnabled(on) {
    visitor.save(on ? { ...visitor.load(), on } : { on });
    if (on) show();
    else queue.erase();
  }

  /** What a call throws is not the page's error. */
  const safely = (call) => (...values) => {
    try {
      return call(...values);
    } catch (error) {
      others.onError(error);
    }
  };

  document.addEventListener('visibilitychange', () => (document.visibilityState === 'hidden' ? hide() : show()));
  addEventListener('pagehide', hide);
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) viewed = undefined;
    show();
  });
  addEventListener('online', flush);
  if (pageViews) {
    addEventListener('popstate', view);
    for (const method of ['pushState', 'replaceState']) {
      const change = history[method];
      history[method] = function (...values) {
        change.apply(this, values);
        queueMicrotask(view); // what it throws is not the navigation's error
      };
    }
  }
  show();
  if (!isEnabled()) queue.erase(); // what a page kept that was closed over it

  return {
    record: safely(record),
    identify: safely(identify),
    flush,
    reset: () => {
      if (!isEnabled()) return;
      reset();
      show();
    },
    setEnabled,
    isEnabled,
  };
}
