// What is broken on purpose: asked once, changed by buttons, told to whoever shows it.
import { say } from './announce.js';
import { read, send } from './api.js';

const watchers = new Set();
let current = null;

/** What the gateway said last; null before its first answer. */
export const chaos = () => current;

/** Whether anything is broken now. */
export const isOn = () => current !== null && (current.destination !== 'none' || current.queue !== 'none');

/** The sentence that goes with a mode. */
export const sentenceOf = (part) => current.modes[part].find(({ name }) => name === current[part])?.sentence ?? current[part];

/** Have `watcher` called after each change. */
export const watchChaos = (watcher) => watchers.add(watcher);

/** Ask what is broken. */
export async function askChaos() {
  try {
    took(await read('chaos'));
  } catch (error) {
    say(error.message);
  }
}

/** Break a part, or mend it with 'none'. */
export async function setChaos(changes) {
  const { destination, queue } = { ...current, ...changes };
  try {
    took(await send('chaos', { destination, queue }));
    say(isOn() ? 'Chaos is on.' : 'Chaos is off. What waits is delivered now.');
  } catch (error) {
    say(error.message);
    took(current);
  }
}

/** Mend everything. */
export const endChaos = () => setChaos({ destination: 'none', queue: 'none' });

/** Take what the gateway says, asked or by itself: another page may have changed it. */
export function took(state) {
  current = state;
  for (const watcher of watchers) watcher();
}
