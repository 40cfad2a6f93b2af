// An opened event: what came beside what was stored and answered, why, and what happened since.
import { read } from './api.js';
import { copyButton } from './copying.js';
import { h } from './dom.js';
import { typeOf } from './event_row.js';
import { jsonColumn } from './json_view.js';
import { machineTime, timeOf, visible } from './text.js';
import { badge } from './verdicts.js';
import { link } from './view_state.js';

const DOORS = { https: 'HTTPS', queue: 'the queue (SQS)' };
const WITHOUT = {
  Came: 'What came is not known any more.',
  rejected: 'Nothing of it is stored.',
  Stored: 'Not stored yet.',
  Answered: 'No answer was kept.',
};

/** Load an event and make what the pane shows of it. */
export async function loadEvent(seq, signal) {
  const event = await read(`events/${encodeURIComponent(seq)}`, {}, signal);
  const { row } = event;
  return {
    title: [badge(row.verdict), ' ', typeOf(row)],
    buttons: [event.curl ? copyButton('the request', () => event.curl, 'Copy as curl') : null],
    parts: [facts(row), rule(event), columns(event), history(event.history)].filter(Boolean),
  };
}

function facts(row) {
  return h('dl', { class: 'facts' },
    ...fact('Time', h('time', { datetime: machineTime(row.at) }, timeOf(row.at))),
    ...fact('Application', h('bdi', {}, visible(row.application))),
    ...(row.endpoint ? fact('Endpoint', h('a', { href: link('events', { endpoint: row.endpoint, application: row.application }) }, h('bdi', {}, visible(row.endpoint)))) : []),
    ...(row.event ? fact('Event', h('bdi', {}, visible(row.event))) : []),
    ...(row.door ? fact('Came by', DOORS[row.door] ?? visible(row.door)) : []),
    ...(row.destination && !['rejected', 'failed'].includes(row.verdict) ? fact('Destination', visible(row.destination)) : []),
    ...(row.followers?.length ? fact('Followers', h('bdi', {}, visible(row.followers.join('; '), 1000))) : []));
}

const fact = (name, value) => [h('div', {}, h('dt', {}, name), h('dd', {}, value))];

function rule({ rule: broken, row }) {
  if (!broken) return row.reason ? h('p', { class: 'rule' }, h('bdi', {}, visible(row.reason, 1000))) : null;
  return h('div', { class: 'rule' },
    h('p', {}, h('strong', {}, h('bdi', {}, visible(row.reason ?? broken.name, 1000)))),
    row.reason?.startsWith(broken.sentence) ? null : h('p', {}, visible(broken.sentence, 2000)),
    h('p', {}, h('b', {}, 'To mend it: '), visible(broken.mend, 2000)));
}

function columns({ came, stored, answered, note, row }) {
  const unstored = row.verdict === 'rejected' ? WITHOUT.rejected : WITHOUT.Stored;
  return h('div', { class: 'columns' },
    jsonColumn('Came', came, note ?? WITHOUT.Came),
    jsonColumn('Stored', stored, unstored),
    jsonColumn('Answered', answered, WITHOUT.Answered));
}

function history(steps) {
  if (!steps?.length) return null;
  const items = steps.map(({ at, verdict, text }) =>
    h('li', {}, h('time', { datetime: machineTime(at) }, timeOf(at)), ' ', badge(verdict), ' ', visible(text, 1000)));
  return h('section', { class: 'history', 'aria-label': 'History' }, h('h3', {}, 'History'), h('ol', {}, ...items));
}
