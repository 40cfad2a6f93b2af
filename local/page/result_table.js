// The rows that SQL answered, as a table; and as text to paste into a sheet.
import { h } from './dom.js';
import { visible } from './text.js';

/** The answer as a table. */
export function resultTable({ columns, rows }) {
  const head = columns.map(({ name, type }) => h('th', { scope: 'col', title: type }, h('bdi', {}, visible(name, 80)), ' ', h('small', {}, visible(type, 40))));
  return h('table', { class: 'result' },
    h('caption', { class: 'hidden' }, 'The answer'),
    h('thead', {}, h('tr', {}, ...head)),
    h('tbody', {}, ...rows.map((row) => h('tr', {}, ...row.map(cell)))));
}

/** The answer as tab-separated text. */
export function tabSeparated({ columns, rows }) {
  const lines = [columns.map(({ name }) => name), ...rows.map((row) => row.map((value) => (value === null ? '' : plain(value))))];
  return lines.map((line) => line.map((text) => String(text).replace(/[\t\r\n]/g, ' ')).join('\t')).join('\n');
}

function cell(value) {
  if (value === null) return h('td', { class: 'muted' }, 'NULL');
  const isNumber = typeof value === 'number';
  return h('td', { class: isNumber ? 'number' : null }, h('bdi', {}, visible(plain(value))));
}

const plain = (value) => (typeof value === 'object' ? JSON.stringify(value) : value);
