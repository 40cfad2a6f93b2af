// The events that the table holds: newest first, no more than a browser shows with ease.
import { eventRow } from './event_row.js';
import { tabStop } from './keyboard.js';

export const MOST = 500;

/** Keeps rows as the gateway orders them: those of this run have growing numbers above 0. */
export class EventList {
  constructor(body) {
    this.body = body;
    this.held = []; // {row, element}, newest first
    this.bySeq = new Map();
    this.open = 0;
    this.wasTrimmed = false;
  }

  get size() {
    return this.held.length;
  }

  get oldest() {
    return this.held.at(-1)?.row.seq ?? null;
  }

  /** Show these and no others. */
  reset(rows) {
    this.held = [];
    this.bySeq.clear();
    this.wasTrimmed = false;
    this.body.replaceChildren();
    this.append(rows);
  }

  /** Show these below the others. */
  append(rows) {
    const others = rows.filter(({ seq }) => !this.bySeq.has(seq)).map(hold);
    this.held.push(...others);
    for (const held of others) this.bySeq.set(held.row.seq, held);
    this.body.append(...others.map(({ element }) => element));
    this.mark(this.open);
    this.keepTabStop();
  }

  /** Show a row of this run, in the place of the one that had its number. */
  put(row) {
    const found = this.bySeq.get(row.seq);
    if (found) {
      this.replace(found, row);
      return;
    }
    const held = hold(row, 'new');
    const at = this.held.findIndex((other) => other.row.seq < row.seq);
    this.body.insertBefore(held.element, this.held[at]?.element ?? null);
    this.held.splice(at < 0 ? this.held.length : at, 0, held);
    this.bySeq.set(row.seq, held);
    this.trim();
    if (row.seq === this.open) this.mark(row.seq);
    this.keepTabStop();
  }

  /** Take a row away that does not belong here any more. */
  remove(seq) {
    const held = this.bySeq.get(seq);
    if (!held) return;
    held.element.remove();
    this.bySeq.delete(seq);
    this.held.splice(this.held.indexOf(held), 1);
    this.keepTabStop();
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
    return this.bySeq.get(seq)?.element.querySelector('.open') ?? null;
  }

  replace(found, row) {
    const hadFocus = found.element.contains(document.activeElement);
    const stop = found.element.querySelector('.open').tabIndex;
    const { element } = hold(row);
    found.element.replaceWith(element);
    Object.assign(found, { row, element });
    element.querySelector('.open').tabIndex = stop;
    if (row.seq === this.open) this.mark(row.seq);
    if (hadFocus) element.querySelector('.open').focus();
  }

  trim() {
    while (this.held.length > MOST) {
      // The row that has the focus stays, or the keyboard would be nowhere.
      const isFocused = this.held.at(-1).element.contains(document.activeElement);
      const [gone] = this.held.splice(isFocused ? -2 : -1, 1);
      gone.element.remove();
      this.bySeq.delete(gone.row.seq);
      this.wasTrimmed = true;
    }
  }

  keepTabStop() {
    if (!this.body.querySelector('button.open[tabindex="0"]')) tabStop(this.body);
  }
}

const hold = (row, isNew) => ({ row, element: eventRow(row, isNew === 'new') });
