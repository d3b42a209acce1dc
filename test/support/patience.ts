import { jest } from '@jest/globals';

// Real parts on a busy machine: the bounds that matter are in the tests' own waits; this one only ends a test that hangs.
jest.setTimeout(90_000);
