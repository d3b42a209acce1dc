import { crc32 } from 'node:zlib';

const SUM_DIGITS = 8;

/** A line of a journal's file: its checksum, a space, and a text that has no line break in it. */
export const framed = (text: string): string => `${sumOf(text)} ${text}\n`;

/**
 * The texts of the lines that are as they were written, in their order. A line that was cut or altered anywhere is left out, as is
 * one whose line break is gone together with its neighbour.
 */
export function unframed(bytes: Uint8Array): {
  readonly texts: readonly string[];
  readonly damaged: number;
  /** Nothing that was damaged follows the last of them. */
  readonly isEndWhole: boolean;
} {
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8').split('\n');
  const tail = lines.pop() ?? ''; // empty behind the last line break
  const whole = lines.filter(isWhole);
  const texts = whole.map((line) => line.slice(SUM_DIGITS + 1));
  const damaged = lines.length - texts.length + (tail === '' ? 0 : 1);
  return { texts, damaged, isEndWhole: tail === '' && whole.at(-1) === lines.at(-1) };
}

function isWhole(line: string): boolean {
  return line[SUM_DIGITS] === ' ' && line.slice(0, SUM_DIGITS) === sumOf(line.slice(SUM_DIGITS + 1));
}

const sumOf = (text: string): string => crc32(text).toString(16).padStart(SUM_DIGITS, '0');
