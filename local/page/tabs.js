// The tabs: one panel at a time, arrow keys between them.
import { byId } from './dom.js';
import { TABS, go, link, tab, watch } from './view_state.js';

const KEYS = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity };
const last = new Map(); // where each tab was left

/** Have the tabs follow the address and the keyboard. */
export function startTabs() {
  for (const name of TABS) {
    const button = byId(`tab-${name}`);
    button.addEventListener('click', () => open(name));
    button.addEventListener('keydown', (event) => step(event, name));
  }
  watch(follow);
  follow();
}

function open(name) {
  if (name !== tab()) go(last.get(name) ?? link(name));
}

function step(event, name) {
  if (!(event.key in KEYS)) return;
  event.preventDefault();
  const at = TABS.indexOf(name) + KEYS[event.key];
  const next = Number.isFinite(at) ? TABS.at(at % TABS.length) : TABS.at(at < 0 ? 0 : -1);
  open(next);
  byId(`tab-${next}`).focus();
}

function follow() {
  const shown = tab();
  last.set(shown, location.hash || link(shown));
  for (const name of TABS) {
    const button = byId(`tab-${name}`);
    button.setAttribute('aria-selected', String(name === shown));
    button.tabIndex = name === shown ? 0 : -1;
    byId(name).hidden = name !== shown;
  }
}
