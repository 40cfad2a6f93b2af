// What can become of an event, in the order in which it is shown.
import { h } from './dom.js';

export const VERDICTS = [
  { name: 'accepted', sentence: 'The destination has it, the first of several; the client heard 202.' },
  { name: 'rejected', sentence: 'It breaks a rule; the client heard 400 and why.' },
  { name: 'queued', sentence: 'The retry queue has it until the destination takes it; the client heard 202.' },
  { name: 'waiting', sentence: 'It came by the queue and is not delivered yet.' },
  { name: 'failed', sentence: 'Neither delivered nor queued; the client heard 500 and sends it again.' },
  { name: 'dead', sentence: 'Given up after many tries: a dead letter.' },
];

const BY_NAME = new Map(VERDICTS.map((verdict) => [verdict.name, verdict]));

/** The verdict as a coloured word. */
export function badge(name) {
  const known = BY_NAME.get(name);
  return h('span', { class: `badge ${known ? name : ''}`, title: known?.sentence }, String(name));
}
