// The line above the events: why the list stands still, or does not show everything.
import { byId, h } from './dom.js';
import { clearFilters } from './filters.js';
import { counted, number } from './text.js';

let last = '';

/** Say what a person should know of the list, if anything. */
export function showNote({ failure, isPaused, before, missed, skipped, searched, more, isShort, resume, newest }) {
  const text = failure ? `The events could not be loaded: ${failure}` : isPaused ? `Paused. ${counted(missed, 'new event')}.`
    : before ? `Older events${missed ? `; ${counted(missed, 'new event')} since` : ''}.`
      : skipped ? `${number(skipped)} more came than this page shows at once. All of them are handled.`
        : more && isShort ? `Looked at the newest ${number(searched)} events; there are older ones.` : '';
  if (text === last) return;
  last = text;
  const place = byId('list-note');
  const button = isPaused ? action('Resume', resume) : before ? action('Back to the newest', newest) : null;
  place.replaceChildren(h('span', {}, text), ...(button ? [' ', button] : []));
  place.hidden = !text;
}

/** Say that the filters let nothing through. */
export function fillNoMatch(place) {
  if (place.childElementCount) return;
  place.append(h('h2', {}, 'Nothing matches'), h('p', {}, 'No event is as the filters ask.'),
    h('button', { type: 'button', onclick: clearFilters }, 'Clear the filters'));
}

const action = (label, act) => h('button', { type: 'button', class: 'quiet', onclick: act }, label);
