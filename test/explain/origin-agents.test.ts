import { describe, expect, test } from '@jest/globals';
import { OriginAgents, type AgentPlace } from '../../src/explain/origin-agents.js';
import type { HttpAnswer, HttpQuestion } from '../../src/lib/http-ask.js';

const HALF = { verdict: { code: 'ANNOUNCED', sentence: 'it is', advice: '' }, instances: [] };
const answered = (body: unknown, status = 200): HttpAnswer => ({
  outcome: 'answered',
  status,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

class Network {
  readonly questions: (HttpQuestion & { readonly timeoutMs: number })[] = [];
  answer: HttpAnswer = answered(HALF);
  place: AgentPlace | 'original' | undefined = { address: 'fd00::2', port: 7777, isTls: false };

  ask(token?: string) {
    const agents = new OriginAgents(
      { token },
      {
        ask: (question, { timeoutMs }) => {
          this.questions.push({ ...question, timeoutMs });
          return Promise.resolve(this.answer);
        },
        placeOf: () => this.place,
      },
    );
    return agents.ask('h2', 'shop/web:1');
  }
}

describe('another agent', () => {
  test('is asked for its half alone, where its metadata say, for one second', async () => {
    const network = new Network();
    expect((await network.ask()).state).toBe('answered');
    expect(network.questions).toEqual([
      {
        method: 'GET',
        url: 'http://[fd00::2]:7777/api/explain?service=shop%2Fweb%3A1&half=local',
        headers: { Accept: 'application/json' },
        timeoutMs: 1_000,
      },
    ]);
  });

  test.each([
    [true, 'https:', { Authorization: 'Bearer s3cret' }],
    [false, 'http:', {}],
  ])('gets our token only over TLS (%s)', async (isTls, scheme, authorization) => {
    const network = new Network();
    network.place = { address: '10.0.0.2', port: 1, isTls };
    await network.ask('s3cret');
    const [{ url, headers } = { url: '', headers: {} }] = network.questions;
    expect([new URL(url).protocol, headers]).toEqual([scheme, { Accept: 'application/json', ...authorization }]);
  });

  test.each<[Network['place'], string]>([
    ['original', 'original'],
    [undefined, 'no live member'],
  ])('is not asked when it is %s', async (place, words) => {
    const network = new Network();
    network.place = place;
    expect(await network.ask()).toEqual({ state: 'not-asked', why: expect.stringContaining(words) as unknown });
    expect(network.questions).toEqual([]);
  });

  test.each<[string, HttpAnswer]>([
    ['ECONNREFUSED', { outcome: 'unreachable', reason: 'ECONNREFUSED' }],
    ['within 1 s', { outcome: 'timed-out' }],
    ['1 MiB', { outcome: 'too-long' }],
    ['404', answered('404 page not found', 404)],
    ['200', answered('<html>')],
    ['200', answered({ instances: 3 })],
    ['200', answered('null')],
  ])('that gives no half has not answered: %s', async (words, answer) => {
    const network = new Network();
    network.answer = answer;
    expect(await network.ask()).toEqual({ state: 'unanswered', why: expect.stringContaining(words) as unknown });
  });
});
