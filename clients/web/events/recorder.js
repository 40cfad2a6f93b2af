// Makes events and endpoint updates of what a page says, each within the visitor's session.

import { date, demographic, lists, newId, numbers, tell, texts, VERSION } from './shapes.js';

const EVENT_BYTES = 1_000_000; // the gateway takes 1000 KB, its id included
const DAY = 86_400_000;
const HALF_AN_HOUR = 1_800_000;

export function recorderOf(visitor, put, onRejected, { appTitle, appVersion, sessions = true, sessionTimeout = HALF_AN_HOUR }) {
  const hasLapsed = ({ last }, now) => Math.abs(now - last) > (sessionTimeout || DAY);

  /** The visitor, with a session that goes on or begins now. */
  function visit(now) {
    const state = visitor.load();
    state.endpoint ??= newId();
    if (state.session && hasLapsed(state.session, now)) stop(state, state.session.last);
    if (!state.session) {
      state.session = { id: newId(), start: now };
      addEndpoint(state, now, { Demographic: demographic(appVersion) });
      if (sessions) addEvent(state, now, '_session.start');
    }
    state.session.last = now;
    visitor.save(state);
    return state;
  }

  /** Two tabs that find the same session over say the same: one event to the lake. */
  function stop(state, at) {
    if (sessions) addEvent(state, at, '_session.stop', { id: `${state.session.id}-stop`, StopTimestamp: date(at) });
    delete state.session;
  }

  function addEvent({ endpoint, session: { id: Id, start } }, now, type, more = {}) {
    const begun = Math.min(start, now); // a clock can be set back
    const { id = newId(), attributes, metrics, StopTimestamp, isBrief } = more;
    const event = {
      EventType: type,
      Timestamp: date(now),
      Attributes: texts(attributes),
      Metrics: numbers(metrics),
      AppPackageName: location.hostname,
      AppTitle: appTitle,
      AppVersionCode: appVersion,
      SdkName: 'putevents-web',
      ClientSdkVersion: VERSION,
      Session: sessions ? { Id, StartTimestamp: date(begun), StopTimestamp, Duration: now - begun } : undefined,
    };
    return add(id, endpoint, now, event, false, isBrief);
  }

  const addEndpoint = ({ endpoint }, now, update) => add(newId(), endpoint, now, { ...update, EffectiveDate: date(now) }, true);

  function add(id, endpoint, time, made, isEndpoint, isBrief) {
    const json = JSON.stringify(made); // the only time
    const size = new Blob([json]).size + 50; // and its id
    const item = { id, endpoint, time, json, size, isEndpoint };
    if (size < EVENT_BYTES) put(item, isBrief);
    else tell(onRejected, item, { status: 400, message: 'Too large' });
    return id;
  }

  function record(type, attributes, metrics) {
    const now = Date.now();
    return addEvent(visit(now), now, type, { attributes, metrics });
  }

  function identify(userId, attributes, endpoint) {
    const now = Date.now();
    addEndpoint(visit(now), now, { ...endpoint, User: { UserId: userId, UserAttributes: lists(attributes) } });
  }

  /** The page is hidden, perhaps for good. */
  function pause() {
    const now = Date.now();
    const state = visitor.load();
    if (!sessions || !state.session || hasLapsed(state.session, now)) return;
    state.session.last = now;
    // Brief: it may be the last that is heard of the session, and nothing is lost with it.
    if (sessionTimeout) addEvent(state, now, '_session.pause', { isBrief: true });
    else stop(state, now);
    visitor.save(state);
  }

  /** Somebody else sits there now. */
  function reset() {
    const state = visitor.load();
    if (state.session) stop(state, Date.now());
    visitor.save({ on: state.on });
  }

  return { identify, pause, record, reset, visit };
}
