import { describe, expect, test } from '@jest/globals';
import { OriginAgents, type HalfAnswer } from '../../src/explain/origin-agents.js';
import type { HostAnswer } from '../../src/lib/ask-host.js';

const HALF = { verdict: { code: 'ANNOUNCED', sentence: 'it is', advice: '' }, instances: [] };
const answered = (body: unknown, status = 200): HostAnswer => ({
  ...{ state: 'answered', at: 'http://10.0.0.2:7777', status },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

const asked = (answer: HostAnswer, questions: unknown[] = []): Promise<HalfAnswer> =>
  new OriginAgents((...question) => {
    questions.push(question);
    return Promise.resolve(answer);
  }).ask('h2', 'shop/web:1');

describe('another agent', () => {
  test('is asked for its half alone', async () => {
    const questions: unknown[] = [];
    expect((await asked(answered(HALF), questions)).state).toBe('answered');
    expect(questions).toEqual([['h2', '/api/explain?service=shop%2Fweb%3A1&half=local']]);
  });

  test.each<[HostAnswer, string]>([
    [{ state: 'not-asked', why: 'it is away' }, 'h2 was not asked: it is away'],
    [{ state: 'unanswered', why: 'http://h2 is silent' }, 'http://h2 is silent'],
  ])('is not heard of when it gives no answer: %j', async (answer, why) => {
    expect(await asked(answer)).toEqual({ state: answer.state, why });
  });

  test.each<[string, HostAnswer]>([
    ['404', answered('404 page not found', 404)],
    ['200', answered('<html>')],
    ['200', answered({ instances: 3 })],
    ['200', answered('null')],
  ])('that gives no half has not answered: %s', async (words, answer) => {
    expect(await asked(answer)).toEqual({ state: 'unanswered', why: expect.stringContaining(words) as unknown });
  });
});
