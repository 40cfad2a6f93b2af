// The buttons that send an event through the gateway's own door.
import { send } from './api.js';
import { say } from './announce.js';
import { visible } from './text.js';

/** Listen for every button that sends a sample, also for those to come. */
export function startSamples() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('[data-sample]');
    if (button) sendSample(button);
  });
}

async function sendSample(button) {
  if (button.getAttribute('aria-disabled') === 'true') return;
  button.setAttribute('aria-disabled', 'true');
  try {
    const { response, status } = await send('sample', { kind: button.dataset.sample });
    say(`Sent. ${answerOf(response) ?? `The gateway answered ${status}.`}`);
  } catch (error) {
    say(error.message);
  } finally {
    button.removeAttribute('aria-disabled');
  }
}

function answerOf(response) {
  const parts = Object.values(response?.Results ?? {});
  const [item] = parts.flatMap((part) => Object.values(part.EventsItemResponse ?? {}));
  return item ? `The gateway answered ${item.StatusCode}: ${visible(item.Message)}` : null;
}
