// A line chart of an answer that is a time series.
import { h, svg } from './dom.js';
import { number, visible } from './text.js';

const MOST_SERIES = 8;
const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT] = [720, 220, 52, 24, 10, 12];

/** A figure with a line for each number, apart for each value of the columns that are neither. */
export function lineChart({ columns, rows, chart }, title) {
  const series = seriesOf(columns, rows, chart);
  const shown = [...series].sort(([, a], [, b]) => sum(b) - sum(a)).slice(0, MOST_SERIES); // the largest first
  const xs = [...new Set(rows.map((row) => row[chart.x]))].sort(byMoment);
  const most = niceTop(Math.max(...shown.flatMap(([, points]) => points.map(([, y]) => y)), 0));
  const place = { x: across(xs), y: (value) => HEIGHT - BOTTOM - (value / most) * (HEIGHT - BOTTOM - TOP) };
  const image = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': `${title}, ${shown.length} lines from ${xs[0]} to ${xs.at(-1)}` },
    ...axes(xs, most, place),
    ...shown.flatMap(([name, points], which) => line(name, points, which, place)));
  const legend = shown.map(([name], which) => h('li', { class: `series-${which}` }, h('bdi', {}, visible(name, 80))));
  const left = series.size - shown.length;
  return h('figure', { class: 'chart' }, image,
    h('figcaption', {}, h('ul', {}, ...legend), left > 0 ? `and ${number(left)} more in the table` : ''));
}

function seriesOf(columns, rows, { x, y }) {
  const others = columns.map((_, at) => at).filter((at) => at !== x && !y.includes(at) && rows.some((row) => typeof row[at] === 'string'));
  const series = new Map();
  for (const row of rows) {
    const group = others.map((at) => row[at]).join(' · ');
    for (const at of y) {
      const name = [group, y.length > 1 || !group ? columns[at].name.replaceAll('_', ' ') : ''].filter(Boolean).join(' · ');
      if (!series.has(name)) series.set(name, []);
      if (Number.isFinite(row[at])) series.get(name).push([row[x], row[at]]);
    }
  }
  for (const points of series.values()) points.sort(([a], [b]) => byMoment(a, b));
  return series;
}

const sum = (points) => points.reduce((total, [, y]) => total + y, 0);
const momentOf = (value) => (typeof value === 'number' ? value : Date.parse(value));
const byMoment = (a, b) => momentOf(a) - momentOf(b) || String(a).localeCompare(String(b));

function across(xs) {
  const [first, last] = [momentOf(xs[0]), momentOf(xs.at(-1))];
  const isTime = xs.every((x) => Number.isFinite(momentOf(x))) && last > first;
  const order = new Map(xs.map((x, at) => [x, at]));
  const share = (x) => (isTime ? (momentOf(x) - first) / (last - first) : order.get(x) / Math.max(xs.length - 1, 1));
  return (x) => LEFT + share(x) * (WIDTH - LEFT - RIGHT);
}

/** The next of 1, 2, 5, 10, 20, ... */
function niceTop(most) {
  if (most <= 0) return 1;
  const step = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((factor) => factor * step).find((top) => top >= most) ?? most;
}

function axes(xs, most, place) {
  const levels = [0, most / 2, most].flatMap((value) => [
    svg('line', { class: 'grid', x1: LEFT, x2: WIDTH - RIGHT, y1: place.y(value), y2: place.y(value) }),
    svg('text', { x: LEFT - 6, y: place.y(value) + 4, 'text-anchor': 'end' }, number(value)),
  ]);
  const middle = xs.length > 4 ? [xs[xs.length >> 1]] : [];
  const moments = [xs[0], ...middle, xs.at(-1)].map((x, at, all) => svg('text', {
    x: place.x(x), y: HEIGHT - 6, 'text-anchor': at === 0 ? 'start' : at === all.length - 1 ? 'end' : 'middle',
  }, visible(x, 24)));
  return [...levels, ...moments];
}

function line(name, points, which, place) {
  const at = points.map(([x, y]) => `${place.x(x).toFixed(1)},${place.y(y).toFixed(1)}`);
  const dots = points.length > 62 ? [] : points.map(([x, y]) => svg('circle', { class: `dot series-${which}`, cx: place.x(x), cy: place.y(y), r: 2.5 },
    svg('title', {}, `${visible(name, 80)}: ${number(y)} (${visible(x, 40)})`)));
  return [svg('polyline', { class: `line series-${which}`, points: at.join(' ') }), ...dots];
}
