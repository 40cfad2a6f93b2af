// Events per second by verdict, the last five minutes, as bars on top of each other.
import { byId, h, svg } from './dom.js';
import { number } from './text.js';
import { VERDICTS } from './verdicts.js';

const SECONDS = 300;
const [WIDTH, HEIGHT] = [SECONDS, 40];
let rates = [];
let parts = null;

/** Make the plot. */
export function startRates() {
  const paths = VERDICTS.map(({ name }) => svg('path', { class: `fill ${name}` }));
  const image = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img' }, ...paths);
  const caption = h('figcaption', {});
  byId('rates').append(image, caption);
  parts = { paths, image, caption };
  draw();
}

/** Show these seconds. */
export function setRates(seconds) {
  rates = seconds.slice(-SECONDS);
  draw();
}

/** Show one more second. */
export function addRate(second) {
  if (rates.length && rates.at(-1).at >= second.at) return;
  setRates([...rates, second]);
}

const total = (second) => VERDICTS.reduce((sum, { name }) => sum + (second[name] ?? 0), 0);

function draw() {
  const totals = rates.map(total);
  const most = Math.max(...totals, 0);
  const lines = VERDICTS.map(() => []);
  const start = SECONDS - rates.length;
  rates.forEach((second, at) => {
    let y = HEIGHT;
    VERDICTS.forEach(({ name }, which) => {
      const height = ((second[name] ?? 0) / Math.max(most, 1)) * HEIGHT;
      if (height) lines[which].push(`M${start + at} ${y.toFixed(2)}v${(-height).toFixed(2)}h1v${height.toFixed(2)}z`);
      y -= height;
    });
  });
  parts.paths.forEach((path, which) => path.setAttribute('d', lines[which].join('')));
  const text = `${number(totals.at(-1) ?? 0)} events/s now, ${number(most)} at most in five minutes`;
  parts.image.setAttribute('aria-label', `Events per second by verdict: ${text}`);
  parts.caption.textContent = text;
}
