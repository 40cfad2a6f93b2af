// A small shop whose apps send events: what the screenshots show.
import { putEvents } from './live_visit.mjs';

const SCREENS = ['home', 'search', 'product', 'basket', 'checkout'];
const PEOPLE = ['ada', 'grace', 'alan', 'edsger', 'barbara', 'donald', 'frances', 'ken'];
const DAYS = 30;
let made = 0;
let seed = 7;

/** The same numbers at every run. */
function random() {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return seed / 2147483648;
}

const one = (list) => list[Math.floor(random() * list.length)];
const id = () => (made += 1).toString(16).padStart(8, '0');

function endpointOf(person, app) {
  const isPhone = app === 'shop-android';
  return {
    ChannelType: isPhone ? 'GCM' : 'EMAIL', Address: isPhone ? `token-${person}` : `${person}@example.com`,
    Demographic: isPhone ? { Platform: 'android', AppVersion: '4.2' } : { Platform: 'web' }, User: { UserId: person },
  };
}

function anEvent(at) {
  const type = one(['screen.view', 'screen.view', 'search.run', 'basket.add', '_session.start', 'order.placed']);
  const more = {
    'screen.view': { Attributes: { screen: one(SCREENS) } }, 'search.run': { Attributes: { words: 'rain coat' }, Metrics: { results: 14 } },
    'basket.add': { Attributes: { sku: 'A-1042' }, Metrics: { price: 24.9 } }, 'order.placed': { Metrics: { total: 61.5, items: 3 } },
  }[type] ?? {};
  return { EventType: type, Timestamp: at.toISOString(), ...more };
}

const BROKEN = [
  (event) => ({ ...event, Attributes: { 'the-page-that-somebody-came-from-before-this-one-here': 'home' } }),
  ({ EventType, ...event }) => event,
  (event) => ({ ...event, Timestamp: 'yesterday' }),
];

/** Thirty days of visits. */
export async function pastVisits(url) {
  for (let day = DAYS; day > 0; day -= 1) {
    const visitors = Math.round(14 + 8 * Math.sin(day / 3) + (DAYS - day) / 2 + 4 * random());
    for (const app of ['shop-web', 'shop-android']) {
      const at = new Date(Date.now() - day * 86_400_000);
      const count = app === 'shop-web' ? visitors : Math.ceil(visitors / 2);
      await Promise.all(Array.from({ length: count }, (_, n) => putEvents(url, app, { [id()]: anEvent(at), [id()]: anEvent(at) }, endpointOf(one(PEOPLE), app), `${app}-${n}`)));
    }
  }
}

/** One request of somebody who is there now; some app sends what is broken. */
export function visitNow(url) {
  const app = one(['shop-web', 'shop-web', 'shop-android']);
  const person = one(PEOPLE);
  const sound = anEvent(new Date());
  const event = random() < 0.14 ? one(BROKEN)(sound) : sound;
  return putEvents(url, app, { [id()]: event }, endpointOf(person, app), `${app}-${PEOPLE.indexOf(person)}`);
}
