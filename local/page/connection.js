// Whether the page hears from the gateway.
import { byId } from './dom.js';
import { on } from './stream.js';

/** Say it, now and after each change. */
export function startConnection() {
  on('open', () => tell('Live', 'live'));
  on('lost', () => tell('Connecting again', 'lost'));
}

function tell(text, state) {
  const place = byId('connection');
  if (place.textContent === text) return;
  place.textContent = text;
  place.dataset.state = state;
}
