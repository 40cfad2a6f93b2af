// Writes what clients sent so that a person sees it as it is, and times.

// Characters that are not seen, or that turn the text around them.
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const MAX_CHARACTERS = 300; // of a value in a list

const TIME = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23',
});
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/** A client's text with control and bidi characters written out, cut to what a list shows. */
export function visible(value, most = MAX_CHARACTERS) {
  const text = value === null || value === undefined ? '' : String(value);
  return escaped(text.length > most ? `${text.slice(0, most - 1)}…` : text);
}

/** The text with hidden characters written as in JSON. */
export function escaped(text) {
  return text.replace(HIDDEN, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same for text of several lines: line ends and tabs stay. */
export function escapedLines(text) {
  return text.replace(HIDDEN, (c) => ('\n\t'.includes(c) ? c : escaped(c)));
}

/** The time of day; of another day with its date. */
export function timeOf(ms) {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return '';
  const isToday = date.toDateString() === new Date().toDateString();
  return isToday ? TIME.format(date) : `${DAY.format(date)} ${TIME.format(date)}`;
}

/** For `<time datetime>`. */
export function machineTime(ms) {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

/** A count as a person reads it. */
export const number = (count) => new Intl.NumberFormat().format(count);

/** "1 event", "2 events". */
export const counted = (count, noun) => `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
