// The filters of the events: the form, the address and the question are the same values.
import { all, change, get, watch } from './view_state.js';
import { byId, h, show } from './dom.js';
import { visible } from './text.js';
import { VERDICTS } from './verdicts.js';

export const FILTERS = ['q', 'application', 'endpoint', 'type', 'verdict'];
const TYPING_MS = 200; // until what is typed is asked for

/** The filters that are set. */
export const filters = () => all(FILTERS);

/** Whether any is set. */
export const isFiltered = () => FILTERS.some((name) => get(name) !== '');

/** Whether a row is among what the filters ask for, as the gateway finds it. */
export function matches(row, wanted) {
  const asked = (wanted.q ?? '').toLowerCase();
  const searched = [row.application, row.endpoint, row.event, row.type, row.reason];
  return (
    (!wanted.application || row.application === wanted.application) &&
    (!wanted.verdict || row.verdict === wanted.verdict) &&
    (!wanted.type || row.type === wanted.type) &&
    (!wanted.endpoint || String(row.endpoint).startsWith(wanted.endpoint)) &&
    (!asked || searched.some((text) => String(text ?? '').toLowerCase().includes(asked)))
  );
}

/** Have a form's fields follow the address, and change it. */
export function bindForm(form, names, tabShown) {
  let typing = 0;
  const write = (replaces) => {
    clearTimeout(typing);
    change({ ...Object.fromEntries(names.map((name) => [name, form.elements[name].value])), before: '', after: '' }, { replaces });
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    write(false);
  });
  form.addEventListener('change', () => write(false));
  form.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => write(true), TYPING_MS);
  });
  const follow = () => {
    if (!tabShown()) return;
    for (const name of names) {
      const field = form.elements[name];
      const value = get(name);
      if (field.tagName === 'SELECT') offer(field, [value], value);
      if (field.value !== value && document.activeElement !== field) field.value = value;
    }
  };
  watch(follow);
  follow();
}

/** Offer values in a list beside those it has. */
export function offer(select, values, chosen = select.value) {
  const known = new Set([...select.options].map((option) => option.value));
  for (const value of values) {
    if (!known.has(value)) select.append(h('option', { value }, visible(value, 60)));
  }
  if (select.value !== chosen) select.value = chosen;
}

/** Make the filters of the events ready. */
export function startFilters(tabShown) {
  const form = byId('filters');
  offer(form.elements.verdict, VERDICTS.map(({ name }) => name));
  bindForm(form, FILTERS, tabShown);
  byId('clear').addEventListener('click', clearFilters);
  byId('show-filters').addEventListener('click', ({ target }) => {
    target.setAttribute('aria-expanded', String(form.classList.toggle('all')));
  });
  const follow = () => show(byId('clear'), isFiltered());
  watch(follow);
  follow();
}

/** Ask for all events again. */
export function clearFilters() {
  byId('filters').reset();
  change(Object.fromEntries([...FILTERS, 'before'].map((name) => [name, ''])));
}
