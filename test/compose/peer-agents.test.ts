import { describe, expect, test } from '@jest/globals';
import { peerAgents, type AgentPlace } from '../../src/compose/peer-agents.js';
import type { HttpAnswer, HttpAskLimits, HttpQuestion } from '../../src/lib/http-ask.js';

class Network {
  readonly questions: (HttpQuestion & HttpAskLimits)[] = [];
  answer: HttpAnswer = { outcome: 'answered', status: 404, body: 'no' };
  place: AgentPlace | 'original' | undefined = { address: 'fd00::2', port: 7777, isTls: false };

  ask(token?: string) {
    const askHost = peerAgents(token, {
      ask: (question, limits) => {
        this.questions.push({ ...question, ...limits });
        return Promise.resolve(this.answer);
      },
      placeOf: () => this.place,
    });
    return askHost('h2', '/api/members?x=1');
  }
}

describe('the agent of another host', () => {
  test('is asked where its metadata say, for one second and 1 MiB', async () => {
    const network = new Network();
    expect(await network.ask()).toEqual({ state: 'answered', at: 'http://[fd00::2]:7777', status: 404, body: 'no' });
    expect(network.questions).toEqual([
      {
        method: 'GET',
        url: 'http://[fd00::2]:7777/api/members?x=1',
        headers: { Accept: 'application/json' },
        timeoutMs: 1_000,
        maxBodyBytes: 1_048_576,
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
  ])('has not answered: %s', async (words, answer) => {
    const network = new Network();
    network.answer = answer;
    const why = expect.stringMatching(`^http://\\[fd00::2\\]:7777 .*${words}`) as unknown;
    expect(await network.ask()).toEqual({ state: 'unanswered', why });
  });
});
