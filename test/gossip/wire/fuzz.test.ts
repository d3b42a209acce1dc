import { describe, test } from '@jest/globals';
import { DECODERS, fuzz } from './fuzz.js';

/** A taste of `test/full/wire-fuzz.test.ts`. */
describe('any bytes give a value or a refusal', () => {
  test.each(DECODERS)('$name', (decoder) => fuzz(decoder, 500));
});
