import { describe, expect, test } from '@jest/globals';
import type { DrainControl } from '../../../src/http/cluster.js';
import { appWith, ask, captured, comparable, serving } from '../support.js';

const ID = '6d731ab86be5';
const PATH = `/api/services/${ID}/drain`;

/** Has one instance, and notes what is asked of it. */
class Drains implements DrainControl {
  readonly calls: string[] = [];
  drain = (id: string, forMs: number | undefined) => this.noted(id, `drain ${forMs}`);
  endDrain = (id: string) => this.noted(id, 'end');
  private noted(id: string, call: string): { name: string } | undefined {
    if (id !== ID) return undefined;
    this.calls.push(call);
    return { name: 'web' };
  }
}

async function asked(
  method: string,
  target: string,
  facts: Parameters<typeof appWith>[0] = {},
  headers: Readonly<Record<string, string>> = {},
  body = '',
): Promise<{ readonly status: number; readonly body: string; readonly calls: readonly string[] }> {
  const drains = new Drains();
  let answer = { status: 0, body: '' };
  await serving(appWith({ drains, ...facts }), async (port) => {
    answer = await ask(port, target, method, headers, body);
  });
  return { status: answer.status, body: answer.body, calls: drains.calls };
}

describe('a drain', () => {
  test.each(['drain-ok', 'drain-missing', 'drain-get'])('is answered as in the capture %s', async (file) => {
    const [exchange] = captured(`../v2/${file}.http`);
    const { method, target, answer } = exchange!;
    await serving(appWith({ drains: new Drains() }), async (port) => {
      expect(comparable(await ask(port, target, method))).toEqual(comparable(answer));
    });
  });

  test('lasts until its end by default, its body is ignored', async () => {
    expect(await asked('POST', PATH, {}, {}, '{"for":"1h"}')).toMatchObject({
      status: 202,
      calls: ['drain undefined'],
    });
  });

  test.each<[string, number]>([
    ['15m', 900_000],
    ['1s', 1000],
    ['24h', 86_400_000],
  ])('may end by itself after %s', async (text, forMs) => {
    expect(await asked('POST', `${PATH}?for=${text}`)).toMatchObject({ status: 202, calls: [`drain ${forMs}`] });
  });

  test.each(['', '0', '999ms', '24h1ms', '-15m', '15', 'soon', '1s&for=2s'])('for %j is refused', async (text) => {
    const { status, body, calls } = await asked('POST', `${PATH}?for=${text}`);
    expect([status, calls]).toEqual([400, []]);
    expect(JSON.parse(body)).toEqual({
      message: expect.stringMatching(/^for is ".*", expected a duration from 1s to 24h0m0s such as 15m$/),
      status: 'error',
      code: 'FOR_INVALID',
    });
  });

  test('is ended by DELETE, and that is said in the same shape', async () => {
    const message = `Service \\"web\\" instance \\"${ID}\\" no longer set to DRAINING`;
    expect(await asked('DELETE', PATH)).toEqual({
      status: 202,
      body: `{\n  "Message": "${message}"\n}`,
      calls: ['end'],
    });
    expect((await asked('DELETE', '/api/services/nope/drain')).status).toBe(404);
  });

  test.each(['GET', 'HEAD', 'PUT', 'PATCH', 'OPTIONS'])('is not asked for by %s', async (method) => {
    expect(await asked(method, PATH)).toEqual({ status: 405, body: '', calls: [] });
  });

  test.each(['POST', 'DELETE'])('%s is guarded', async (method) => {
    expect(await asked(method, PATH, { token: 's3cret' })).toMatchObject({ status: 401, calls: [] });
    expect(await asked(method, PATH, {}, { Origin: 'http://evil' })).toMatchObject({ status: 403, calls: [] });
    const bearer = { Authorization: 'Bearer s3cret' };
    expect(await asked(method, PATH, { token: 's3cret' }, bearer)).toMatchObject({ status: 202 });
  });
});
