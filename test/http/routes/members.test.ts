import { describe, expect, test } from '@jest/globals';
import type { MemberFacts } from '../../../src/http/cluster.js';
import { appWith, ask, serving } from '../support.js';

const VERSIONS = { pmin: 1, pmax: 5, pcur: 2, dmin: 0, dmax: 0, dcur: 0 };
const member = (facts: Partial<MemberFacts>): MemberFacts => ({
  name: 'h1',
  address: '10.0.0.1',
  port: 7946,
  http: undefined,
  state: 'alive',
  isSelf: false,
  incarnation: 1,
  lastHeardAgoMs: undefined,
  roundTripMs: undefined,
  skewMs: undefined,
  versions: VERSIONS,
  givenUpInMs: undefined,
  ...facts,
});
const withMembers = (...members: readonly MemberFacts[]): ReturnType<typeof appWith> =>
  appWith({ cluster: { members: () => members } });

describe('/api/members', () => {
  test('lists every member with all that is known of it, null for what is not', async () => {
    const http = { port: 7777, isTls: true };
    const measured = { lastHeardAgoMs: 812.3456789, roundTripMs: 0.61249, skewMs: -1500.00004 };
    await serving(
      withMembers(member({ name: 'h1', isSelf: true, incarnation: 3, http, ...measured })),
      async (port) => {
        const { status, headers, body } = await ask(port, '/api/members');
        expect([status, headers.get('Content-Type')]).toEqual([200, 'application/json']);
        expect([headers.get('Cache-Control'), headers.has('Access-Control-Allow-Origin')]).toEqual(['no-store', false]);
        const listed = {
          name: 'h1',
          address: '10.0.0.1',
          port: 7946,
          http: { port: 7777, isTls: true },
          state: 'alive',
          isSelf: true,
          incarnation: 3,
          lastHeardAgoMs: 812.346,
          roundTripMs: 0.612,
          skewMs: -1500,
          versions: VERSIONS,
          givenUpInMs: null,
        };
        const document = { clusterName: 'test', hostname: 'h1', members: [listed] };
        expect(body).toBe(`${JSON.stringify(document, null, 2)}\n`);
      },
    );
  });

  test('lists who is missing, with how long it is still tried', async () => {
    const facts = { incarnation: undefined, versions: undefined, givenUpInMs: 3_600_000 };
    await serving(withMembers(member({ state: 'missing', ...facts })), async (port) => {
      const { members } = JSON.parse((await ask(port, '/api/members')).body) as { members: unknown[] };
      expect(members).toMatchObject([
        { state: 'missing', http: null, incarnation: null, versions: null, givenUpInMs: 3_600_000 },
      ]);
    });
  });

  test('is sorted by the bytes of the names', async () => {
    const names = ['\u{1f600}', '\uff5a', 'h10', 'H1', 'h2'];
    await serving(withMembers(...names.map((name) => member({ name }))), async (port) => {
      const { members } = JSON.parse((await ask(port, '/api/members')).body) as { members: { name: string }[] };
      expect(members.map(({ name }) => name)).toEqual(['H1', 'h10', 'h2', '\uff5a', '\u{1f600}']);
    });
  });
});

describe('/api/members/{name}/forget', () => {
  test.each<[outcome: 'forgotten' | 'unknown', status: number, body: string]>([
    ['forgotten', 200, '{\n  "message": "h é%2F2 is forgotten: it is not tried again"\n}\n'],
    [
      'unknown',
      404,
      '{"message":"h é%2F2 is not looked for: it has left, is forgotten already, or was never here","status":"error"}',
    ],
  ])('answers what is %s with %d', async (outcome, status, body) => {
    const asked: string[] = [];
    const control = { leave: () => undefined, forget: (name: string) => (asked.push(name), outcome) };
    await serving(appWith({ control }), async (port) => {
      const answer = await ask(port, '/api/members/h%20%C3%A9%252F2/forget', 'POST');
      expect([answer.status, answer.body, asked]).toEqual([status, body, ['h é%2F2']]);
    });
  });

  test('a member that is alive is refused with 409', async () => {
    const control = { leave: () => undefined, forget: () => 'alive' as const };
    await serving(appWith({ control }), async (port) => {
      const { status, body } = await ask(port, '/api/members/h2/forget', 'POST');
      expect(status).toBe(409);
      expect(JSON.parse(body)).toMatchObject({ status: 'error', message: expect.stringMatching(/^h2 is not gone/) });
    });
  });

  test('nothing is forgotten by GET', async () => {
    let forgets = false;
    const control = { leave: () => undefined, forget: () => ((forgets = true), 'forgotten' as const) };
    await serving(appWith({ control }), async (port) => {
      expect((await ask(port, '/api/members/h2/forget')).status).toBe(405);
      expect(forgets).toBe(false);
    });
  });
});
