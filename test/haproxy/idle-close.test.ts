import { describe, expect, test } from '@jest/globals';
import { needsIdleClose } from '../../src/haproxy/idle-close.js';
import { parseConfig } from '../../src/haproxy/plan/parse-config.js';
import { record } from '../support/records.js';
import { rendered } from './support/render.js';

const WITH = '\toption  idle-close-on-response # for reloads\n';
const HTTP = '\tmode http\n';

describe('a reload cuts off', () => {
  test.each([
    ['an http frontend', `frontend f\n${HTTP}`],
    ['a listen section of http', `listen l\n${HTTP}\tbind :80\n`],
    ['one without the option beside one with it', `frontend f\n${HTTP}${WITH}frontend g\n${HTTP}`],
    ['one under later defaults', `defaults\n${HTTP}${WITH}defaults\n${HTTP}frontend f\n`],
    [
      'one that takes back what the defaults say',
      `defaults\n${HTTP}${WITH}frontend f\n\tno option idle-close-on-response\n`,
    ],
  ])('%s, without option idle-close-on-response', (_, text) => expect(needsIdleClose(parseConfig(text))).toBe(true));

  test.each([
    ['a frontend with it', `frontend f\n${HTTP}${WITH}`],
    ['a frontend under defaults with it', `defaults\n${HTTP}${WITH}frontend f\n`],
    ['a tcp frontend', 'frontend f\n\tmode tcp\n'],
    ['a backend, which has no clients', `backend b\n${HTTP}`],
    ["the built-in template's frontends", rendered([record()])],
  ])('nobody at %s', (_, text) => expect(needsIdleClose(parseConfig(text))).toBe(false));
});
