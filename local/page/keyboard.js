// The keys that work everywhere: / for search, Escape to close; and arrows in a list.
import { change, get, tab } from './view_state.js';
import { byId } from './dom.js';

/** Listen for the keys of the whole page. */
export function startKeyboard() {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '/' && !isTyping(event.target)) search(event);
    if (event.key === 'Escape') close();
  });
}

/** Let arrow keys go through the buttons of a table's rows; one of them is in the tab order. */
export function arrowKeys(rows, onMove = () => {}) {
  rows.addEventListener('keydown', (event) => {
    const buttons = [...rows.querySelectorAll('button.open')];
    const at = buttons.indexOf(event.target);
    if (at < 0) return;
    const page = 10;
    const to = {
      ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: buttons.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = buttons[Math.max(0, Math.min(buttons.length - 1, to))];
    next.focus();
    onMove(next);
  });
  rows.addEventListener('focusin', (event) => {
    if (event.target.matches('button.open')) tabStop(rows, event.target);
  });
}

/** Make one row the one that Tab reaches. */
export function tabStop(rows, chosen = rows.querySelector('button.open')) {
  for (const button of rows.querySelectorAll('button.open[tabindex="0"]')) button.tabIndex = -1;
  if (chosen) chosen.tabIndex = 0;
}

function search(event) {
  const field = byId(tab()).querySelector('input[type=search]');
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
}

function close() {
  if (get('open')) change({ open: '' });
  else if (document.activeElement?.matches('input, select, textarea')) document.activeElement.blur();
}

const isTyping = (element) => element.matches('input, textarea, select');
