// The events that the table holds: newest first, no more than a browser shows with ease.
import { eventRow } from './event_row.js';
import { tabStop } from './keyboard.js';

export const MOST = 500;

/** Keeps rows in the order of their numbers, whatever order they come in. */
export class EventList {
  constructor(body) {
    this.body = body;
    this.held = []; // {row, element}, newest first
    this.open = 0;
  }

  get size() {
    return this.held.length;
  }

  get oldest() {
    return this.held.at(-1)?.row.seq ?? null;
  }

  /** Show these and no others. */
  reset(rows) {
    this.held = rows.map((row) => ({ row, element: eventRow(row) }));
    this.body.replaceChildren(...this.held.map(({ element }) => element));
    this.mark(this.open);
    tabStop(this.body);
  }

  /** Show these below the others. */
  append(rows) {
    for (const row of rows) this.put(row, false);
  }

  /** Show a row, in the place of the one that had its number; whether it is another. */
  put(row, isNew = true) {
    const at = this.place(row.seq);
    const found = this.held[at]?.row.seq === row.seq ? this.held[at] : null;
    const element = eventRow(row, isNew && !found);
    if (found) {
      this.replace(found, row, element);
      return false;
    }
    this.body.insertBefore(element, this.held[at]?.element ?? null);
    this.held.splice(at, 0, { row, element });
    this.trim();
    if (row.seq === this.open) this.mark(row.seq);
    if (!this.body.querySelector('button.open[tabindex="0"]')) tabStop(this.body);
    return true;
  }

  /** Take a row away that does not belong here any more. */
  remove(seq) {
    const at = this.place(seq);
    if (this.held[at]?.row.seq !== seq) return;
    this.held[at].element.remove();
    this.held.splice(at, 1);
    if (!this.body.querySelector('button.open[tabindex="0"]')) tabStop(this.body);
  }

  /** Mark the row that is open; 0 for none. */
  mark(seq) {
    this.open = seq;
    for (const { row, element } of this.held) {
      element.classList.toggle('is-open', row.seq === seq);
      element.querySelector('.open').setAttribute('aria-expanded', String(row.seq === seq));
    }
  }

  /** The button of a row, if it is here. */
  button(seq) {
    const held = this.held[this.place(seq)];
    return held?.row.seq === seq ? held.element.querySelector('.open') : null;
  }

  place(seq) {
    let [low, high] = [0, this.held.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.held[middle].row.seq > seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  replace(found, row, element) {
    const hadFocus = found.element.contains(document.activeElement);
    const stop = found.element.querySelector('.open').tabIndex;
    found.element.replaceWith(element);
    Object.assign(found, { row, element });
    element.querySelector('.open').tabIndex = stop;
    if (row.seq === this.open) this.mark(row.seq);
    if (hadFocus) element.querySelector('.open').focus();
  }

  trim() {
    while (this.held.length > MOST) {
      // The row that has the focus stays, or the keyboard would be nowhere.
      const focused = this.held.at(-1).element.contains(document.activeElement);
      const [gone] = this.held.splice(focused ? -2 : -1, 1);
      gone.element.remove();
    }
  }
}
