// Events per second by verdict, as bars on top of each other: the last minute, up to five as they pass.
import { byId, h, svg } from './dom.js';
import { number } from './text.js';
import { VERDICTS } from './verdicts.js';

const [LEAST, MOST] = [60, 300]; // seconds
const HEIGHT = 40;
let rates = [];
let parts = null;

/** Make the plot. */
export function startRates() {
  const paths = VERDICTS.map(({ name }) => svg('path', { class: `fill ${name}` }));
  const image = svg('svg', { preserveAspectRatio: 'none', role: 'img' }, ...paths);
  const caption = h('figcaption', {});
  byId('rates').append(image, caption);
  parts = { paths, image, caption };
  draw();
}

/** Show these seconds. */
export function setRates(seconds) {
  const first = seconds.findIndex((second) => total(second) > 0);
  const least = Math.max(0, seconds.length - LEAST);
  rates = seconds.slice(first < 0 ? least : Math.min(first, least)).slice(-MOST);
  draw();
}

/** Show one more second; those that nobody told of were quiet. */
export function addRate(second) {
  if (rates.length && rates.at(-1).at >= second.at) return;
  const missed = rates.length ? Math.round((second.at - rates.at(-1).at) / 1000) - 1 : 0;
  const quiet = Array.from({ length: Math.min(missed, MOST) }, (_, at) => ({ at: second.at - (missed - at) * 1000 }));
  setRates([...rates, ...quiet, second]);
}

const total = (second) => VERDICTS.reduce((sum, { name }) => sum + (second[name] ?? 0), 0);

function draw() {
  const totals = rates.map(total);
  const most = Math.max(...totals, 0);
  const lines = VERDICTS.map(() => []);
  const width = Math.max(LEAST, rates.length);
  const start = width - rates.length;
  rates.forEach((second, at) => {
    let y = HEIGHT;
    VERDICTS.forEach(({ name }, which) => {
      const height = ((second[name] ?? 0) / Math.max(most, 1)) * HEIGHT;
      if (height) lines[which].push(`M${start + at} ${y.toFixed(2)}v${(-height).toFixed(2)}h1v${height.toFixed(2)}z`);
      y -= height;
    });
  });
  parts.image.setAttribute('viewBox', `0 0 ${width} ${HEIGHT}`);
  parts.paths.forEach((path, which) => path.setAttribute('d', lines[which].join('')));
  const text = `${number(totals.at(-1) ?? 0)} events/s now, ${number(most)} at most in ${width < 2 * LEAST ? `${width} s` : `${Math.floor(width / 60)} minutes`}`;
  parts.image.setAttribute('aria-label', `Events per second by verdict: ${text}`);
  parts.caption.textContent = text;
}
