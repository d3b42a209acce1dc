import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { JsonStream } from '../../src/follower/json-stream.js';

const WATCH = 'test/fixtures/contract/watch';

/** The body of a recorded stream. */
function bodyOf(path: string): Buffer {
  const raw = readFileSync(path);
  const head = raw.indexOf('\r\n\r\n');
  return head === -1 ? raw : raw.subarray(head + 4);
}

/** All objects that end with their own chunk, chunks being `size` bytes. */
function objectsOf(stream: Buffer, size: number): string[] {
  const reader = new JsonStream(100_000);
  const objects: string[] = [];
  for (let at = 0; at < stream.length; at += size) {
    const pushed = reader.push(stream.subarray(at, at + size));
    if (!pushed.ok) throw new Error(pushed.fault);
    if (pushed.value) objects.push(Buffer.from(pushed.value).toString());
  }
  return objects;
}

describe('a stream of JSON objects', () => {
  test.each([
    ['v1-by_service.raw', 3],
    ['v1-by_service_false.raw', 3],
    ['v1-by_service_false-node-death.raw', 2],
  ])('is taken apart as the original sends it: %s', (file, count) => {
    const body = bodyOf(`${WATCH}/${file}`);
    const objects = objectsOf(body, 1);
    expect(objects).toHaveLength(count);
    expect(objects.join('')).toBe(body.toString().trim());
    objects.forEach((object) => expect(() => void JSON.parse(object)).not.toThrow());
  });

  test('gives the last of the objects that end in one chunk', () => {
    expect(objectsOf(Buffer.from('{"a":1} \n{"b":2}{"c":'), 1000)).toEqual(['{"b":2}']);
  });

  test('is the same in chunks of any size, whatever stands in strings', () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), { maxLength: 5 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom('', '\n', ' \t\r\n'),
        (values, size, separator) => {
          const texts = values.map((value) => JSON.stringify(value));
          const objects = objectsOf(Buffer.from(texts.join(separator)), size);
          // Two short objects may end in one chunk, of which only the last is given.
          expect(objects.at(-1)).toBe(texts.at(-1));
          expect(texts).toEqual(expect.arrayContaining(objects));
          if (size === 1) expect(objects).toEqual(texts);
        },
      ),
    );
  });

  test('says whether it stands amid an object', () => {
    const reader = new JsonStream(100);
    expect(reader.isAmid).toBe(false);
    reader.push(Buffer.from(' {"a":"}'));
    expect(reader.isAmid).toBe(true);
    reader.push(Buffer.from('\\"}"} '));
    expect(reader.isAmid).toBe(false);
  });

  test.each(['<html>', '[{}]', '{}404 page not found', '{}}'])('is refused when it is something else: %s', (text) => {
    const pushed = new JsonStream(100).push(Buffer.from(text));
    expect(!pushed.ok && pushed.fault).toMatch(/where a JSON object should begin/);
  });

  test('is refused when an object is longer than the bound, in one chunk or in many', () => {
    const long = Buffer.from(`{"a":"${'x'.repeat(100)}"}`);
    const tooLong = { ok: false, fault: 'sends an object of more than 107 bytes' };
    expect(new JsonStream(108).push(long).ok).toBe(true);
    expect(new JsonStream(107).push(long)).toEqual(tooLong);
    const reader = new JsonStream(107);
    expect(reader.push(long.subarray(0, 107)).ok).toBe(true);
    expect(reader.push(Buffer.from('"'))).toEqual(tooLong);
  });
});
