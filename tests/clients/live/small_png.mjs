// Makes a screenshot small: at most 256 colours, and a palette of them.
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const COLOURS = 256;
const NEAR = 40; // a square of what the eye does not tell apart
const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

/** The PNG of a browser (8 bits a channel, not interlaced) as one with a palette. */
export function smallPng(png) {
  const { width, height, channels, rows } = pixels(png);
  const counts = new Map();
  const colours = new Uint32Array(width * height);
  for (let at = 0; at < colours.length; at += 1) {
    const from = at * channels;
    colours[at] = (rows[from] << 16) | (rows[from + 1] << 8) | rows[from + 2];
    counts.set(colours[at], (counts.get(colours[at]) ?? 0) + 1);
  }
  const palette = paletteOf([...counts].sort(([, a], [, b]) => b - a).map(([colour]) => colour));
  const places = new Map(palette.map((colour, at) => [colour, at]));
  for (const colour of counts.keys()) if (!places.has(colour)) places.set(colour, nearest(palette, colour));
  const lines = Buffer.alloc((width + 1) * height); // each begins with a 0: it is not filtered
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) lines[y * (width + 1) + 1 + x] = places.get(colours[y * width + x]);
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const table = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  const data = deflateSync(lines, { level: 9, memLevel: 9 });
  return Buffer.concat([SIGNATURE, chunk('IHDR', head), chunk('PLTE', table), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

/** The most frequent colours, without those that are much like one of them. */
function paletteOf(colours) {
  const palette = [];
  for (const colour of colours) {
    if (palette.length === COLOURS) break;
    if (palette.every((other) => distance(colour, other) > NEAR)) palette.push(colour);
  }
  return palette;
}

function nearest(palette, colour) {
  const far = palette.map((other) => distance(colour, other));
  return far.indexOf(Math.min(...far));
}

function distance(one, other) {
  return [16, 8, 0].reduce((sum, shift) => sum + (((one >> shift) & 255) - ((other >> shift) & 255)) ** 2, 0);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

function pixels(png) {
  const parts = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const [width, height, channels] = [png.readUInt32BE(16), png.readUInt32BE(20), png[25] === 6 ? 4 : 3];
  return { width, height, channels, rows: unfiltered(inflateSync(Buffer.concat(parts)), width * channels, height, channels) };
}

/** Undo the filter of each line: https://www.w3.org/TR/png-3/#9Filters */
function unfiltered(data, length, height, channels) {
  const rows = Buffer.alloc(length * height);
  for (let y = 0; y < height; y += 1) {
    const filter = data[y * (length + 1)];
    for (let x = 0; x < length; x += 1) {
      const left = x < channels ? 0 : rows[y * length + x - channels];
      const up = y ? rows[(y - 1) * length + x] : 0;
      const corner = y && x >= channels ? rows[(y - 1) * length + x - channels] : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      rows[y * length + x] = data[y * (length + 1) + 1 + x] + guess;
    }
  }
  return rows;
}

function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}
