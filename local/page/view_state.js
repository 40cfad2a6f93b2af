// The view as the address's hash has it, #/tab?name=value: to reload, to share, to go back.

export const TABS = ['events', 'endpoints', 'sql', 'chaos'];
const watchers = new Set();

/** The tab that is shown. */
export function tab() {
  const [name] = parts();
  return TABS.includes(name) ? name : TABS[0];
}

/** A value of the shown tab, '' if it is not set. */
export const get = (name) => parts()[1].get(name) ?? '';

/** Several values of the shown tab. */
export const all = (names) => Object.fromEntries(names.map((name) => [name, get(name)]));

/** The hash of a view. */
export function link(tabName, values = {}) {
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== '')).toString();
  return `#/${tabName}${query && `?${query}`}`;
}

/** Change values of the shown tab; `''` unsets one. A step back undoes it unless it `replaces`. */
export function change(values, { replaces = false } = {}) {
  go(link(tab(), { ...Object.fromEntries(parts()[1]), ...values }), { replaces });
}

/** Go to a view. */
export function go(hash, { replaces = false } = {}) {
  if (hash === location.hash) return;
  history[replaces ? 'replaceState' : 'pushState'](null, '', hash);
  tell();
}

/** Have `watcher` called after each change. */
export function watch(watcher) {
  watchers.add(watcher);
}

/** Tell every watcher what is shown. */
export function tell() {
  for (const watcher of watchers) watcher();
}

function parts() {
  const hash = location.hash.replace(/^#\/?/, '');
  const end = hash.indexOf('?');
  return end < 0 ? [hash, new URLSearchParams()] : [hash.slice(0, end), new URLSearchParams(hash.slice(end + 1))];
}

window.addEventListener('hashchange', tell);
window.addEventListener('popstate', tell);
