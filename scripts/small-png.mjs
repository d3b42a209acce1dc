// Makes a picture of a page a third as large: of its colours at most 256 are kept, and each of the others, which are edges of letters,
// becomes the nearest of those.
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const COLORS = 256;
/** Colours that differ by less are one, so that a rare one that is like no other has its place: squared, of all three parts. */
const SAME = 150;
/** Bytes of a pixel, red, green and blue. */
const RGB = 3;

/** @param png as chromium makes it: eight bits each of red, green and blue */
export function smallPng(png) {
  const { width, height, pixels } = read(png);
  const palette = frequentColors(pixels);
  const nearest = nearestIn(palette);
  const rows = Buffer.alloc((width + 1) * height); // each begins with its filter: none
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      rows[y * (width + 1) + 1 + x] = nearest(pixels.readUIntBE((y * width + x) * RGB, RGB));
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3], 8); // eight bits, an index into the palette
  const colors = Buffer.alloc(palette.length * RGB);
  palette.forEach((color, i) => colors.writeUIntBE(color, i * RGB, RGB));
  const chunks = [chunk('IHDR', head), chunk('PLTE', colors), chunk('IDAT', deflateSync(rows, { level: 9 }))];
  return Buffer.concat([SIGNATURE, ...chunks, chunk('IEND', Buffer.alloc(0))]);
}

function read(png) {
  const [width, height, depth, kind] = [png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25]];
  if (depth !== 8 || kind !== 2) throw new Error(`pictures of depth ${depth} and kind ${kind} are not read`);
  const packed = [];
  for (let at = SIGNATURE.length; at < png.length; at += 12 + png.readUInt32BE(at))
    if (png.latin1Slice(at + 4, at + 8) === 'IDAT') packed.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  return { width, height, pixels: unfilter(inflateSync(Buffer.concat(packed)), width * RGB, height) };
}

/** PNG specification, section 9: each byte is told by how it differs from what is left of it, above it, or both. */
function unfilter(rows, length, height) {
  const pixels = Buffer.alloc(length * height);
  for (let y = 0; y < height; y += 1) {
    const filter = rows[y * (length + 1)];
    for (let x = 0; x < length; x += 1) {
      const at = y * length + x;
      const left = x < RGB ? 0 : pixels[at - RGB];
      const up = y === 0 ? 0 : pixels[at - length];
      const corner = x < RGB || y === 0 ? 0 : pixels[at - length - RGB];
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      pixels[at] = rows[y * (length + 1) + 1 + x] + guess;
    }
  }
  return pixels;
}

function paeth(left, up, corner) {
  const [toLeft, toUp, toCorner] = [up - corner, left - corner, left + up - 2 * corner].map(Math.abs);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

function frequentColors(pixels) {
  const counts = new Map();
  for (let at = 0; at < pixels.length; at += RGB) {
    const color = pixels.readUIntBE(at, RGB);
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  const kept = [];
  for (const [color] of [...counts].sort(([, a], [, b]) => b - a)) {
    if (kept.length === COLORS) break;
    if (kept.every((each) => distance(each, color) >= SAME)) kept.push(color);
  }
  return kept;
}

function distance(a, b) {
  const parts = (color) => [color >> 16, (color >> 8) & 255, color & 255];
  return parts(a).reduce((sum, part, i) => sum + (part - parts(b)[i]) ** 2, 0);
}

/** @returns the place in the palette of what looks most like a colour */
function nearestIn(palette) {
  const known = new Map(palette.map((color, i) => [color, i]));
  return (color) => {
    const place = known.get(color);
    if (place !== undefined) return place;
    const distances = palette.map((each) => distance(each, color));
    const found = distances.indexOf(Math.min(...distances));
    known.set(color, found);
    return found;
  };
}

function chunk(name, data) {
  const whole = Buffer.alloc(data.length + 12);
  whole.writeUInt32BE(data.length, 0);
  whole.write(name, 4, 'latin1');
  whole.set(data, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, data.length + 8)), data.length + 8);
  return whole;
}
