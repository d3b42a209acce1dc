import { describe, expect, test } from '@jest/globals';
import { DECODERS, fuzz, memoryInUse } from '../gossip/wire/fuzz.js';

const INPUTS = 100_000;
const SLACK_BYTES = 64 * 1_048_576;

describe(`any bytes give a value or a refusal, ${INPUTS} times`, () => {
  test.each(DECODERS)('$name, and nothing stays behind', (decoder) => {
    const before = memoryInUse();
    fuzz(decoder, INPUTS);
    expect(memoryInUse() - before).toBeLessThan(SLACK_BYTES);
  });
});
