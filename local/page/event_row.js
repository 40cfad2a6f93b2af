// One event as a row of the table.
import { h } from './dom.js';
import { machineTime, timeOf, visible } from './text.js';
import { badge } from './verdicts.js';

/** The row's element; `isNew` lets it glow for a moment. */
export function eventRow(row, isNew = false) {
  const time = h('time', { datetime: machineTime(row.at) }, timeOf(row.at));
  const button = h('button', { type: 'button', class: 'open', tabindex: -1, 'aria-expanded': 'false' },
    h('span', { class: 'hidden' }, 'Open the event of '), time);
  return h('tr', { role: 'row', 'data-seq': row.seq, class: isNew ? 'new' : null },
    cell('at', button),
    cell('verdict', badge(row.verdict)),
    cell('type', typeOf(row)),
    cell('application', text(row.application)),
    cell('endpoint', text(row.endpoint)),
    cell('why', text(why(row))));
}

/** The type of an event; what a row is of that is no event. */
export function typeOf({ type, event, endpoint }) {
  if (type !== null) return text(type);
  const what = event ? 'no type' : endpoint ? 'the endpoint' : 'the request as a whole';
  return h('span', { class: 'muted' }, what);
}

/** Why an event was rejected or waits; where it went otherwise; which followers lack it. */
function why(row) {
  const told = row.reason ?? (row.destination ? `to ${row.destination}` : '');
  return [told, ...(row.followers ?? [])].filter(Boolean).join('; ');
}

const cell = (name, ...children) => h('td', { role: 'cell', class: name }, ...children);
const text = (value) => h('bdi', {}, visible(value));
