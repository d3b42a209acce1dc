import { describe, expect, test } from '@jest/globals';
import type { Code } from '../../src/explain/codes.js';
import type { CheckFacts, DrainFacts, HostFacts } from '../../src/explain/facts.js';
import { readOtherHalf } from '../../src/explain/other-half.js';
import { Status } from '../../src/service/service.js';
import { halfOf, NOW, World } from './support/world.js';

describe('the way of an instance', () => {
  test('is shown step by step, each with its facts', async () => {
    const { verdict, instances } = await new World().explain();
    expect(verdict.sentence).toBe('web on h1 is routed: HAProxy has web-8080/it: UP');
    expect(instances[0]?.steps.map(({ step, state }) => `${step} ${state}`)).toEqual([
      ...['discovered done', 'named done', 'ports done', 'checked done', 'announced done', 'member done'],
      ...['received done', 'accepted done', 'stored done', 'rendered done', 'haproxy done'],
    ]);
    expect(instances[0]?.steps[3]?.facts).toMatchObject({ kind: 'http', output: '200 OK', timeoutMs: 3_000 });
  });

  test('ends where it stops, but goes on to HAProxy where it may still be served', async () => {
    const world = new World();
    world.check({ status: 'failed', reason: 'check-failed', output: 'answered 500' });
    expect((await world.explain()).instances[0]?.steps.at(-1)?.text).toContain('answered 500');
    world.discovered({ drain: { sinceNs: 1n, cause: 'operator' } });
    expect((await world.explain()).instances[0]?.steps.at(-1)?.step).toBe('haproxy');
  });

  test('tells from whom a record came and how late, with the skew of both clocks taken out', async () => {
    const world = new World();
    world.moved();
    world.hosts = world.hosts.map((host) => ({ ...host, skewMs: -70 }));
    const received = (await world.explain()).instances[0]?.steps.find(({ step }) => step === 'received');
    expect(received?.text).toBe('it came as a message from h3, 50 ms after its host said it');
    expect(received?.facts).toMatchObject({ from: 'h3', way: 'message', lateMs: 50, skewMs: -70 });
  });

  test('tells of a record from a clock that is ahead by how much it is, and not of a negative delay', async () => {
    const world = new World();
    const receipt = { atNs: NOW, way: 'message', from: undefined, lateMs: -30_000 } as const;
    world.moved({}, { receipt });
    world.hosts = world.hosts.map((host) => ({ ...host, skewMs: undefined }));
    const received = (await world.explain()).instances[0]?.steps.find(({ step }) => step === 'received');
    expect(received?.text).toBe('it came as a message, dated 30 s ahead of our clock');
  });

  test('of a record that is refused goes on with the version from before, if there is one', async () => {
    const world = new World();
    world.moved({ updated: NOW });
    const refused = {
      ...{ host: 'h2', id: 'aa', code: 'FROM_THE_FUTURE', why: 'is early', atNs: NOW },
      updated: NOW + 1n,
    };
    world.refused = [refused];
    const { verdict, instances } = await world.explain();
    expect(verdict.code).toBe('CLOCK_AHEAD');
    expect(instances[0]?.steps.at(-1)).toMatchObject({ step: 'haproxy', state: 'done' });
    expect(verdict.sentence).toBe('web on h2: what its host says now is refused: it is early');
    world.record = undefined;
    expect((await world.explain()).instances[0]?.steps.at(-1)).toMatchObject({ step: 'stored', code: 'NOT_RECEIVED' });
  });

  test('knows nothing of refused records that are older than the one that is stored', async () => {
    const world = new World();
    world.moved({ updated: NOW });
    world.refused = [{ host: 'h2', id: 'aa', code: 'IP_INVALID', why: 'is bad', atNs: NOW, updated: NOW - 1n }];
    expect((await world.explain()).verdict.code).toBe('ROUTED');
    world.moved({ updated: NOW, status: Status.Tombstone }); // it has run out, as it was not renewed
    expect((await world.explain()).verdict.code).toBe('BAD_VALUE');
  });

  test.each<[Partial<CheckFacts>, string]>([
    [
      { status: 'healthy', reason: 'check-failed', streak: 1, fall: 3, output: 'answered 500' },
      'its http check failed 300 ms ago, 1 of the 3 times that make it unhealthy: answered 500',
    ],
    [
      { status: undefined, reason: undefined, streak: 2, rise: 3, runningMs: 10 },
      'its http check passed 2 of 3 times in a row',
    ],
  ])('tells how a check stands between its decisions', async (check, text) => {
    const world = new World();
    world.check(check);
    const { steps } = (await world.explain()).instances[0] ?? { steps: [] };
    expect(steps.find(({ step }) => step === 'checked')?.text).toBe(text);
  });

  test('shows the beginning of what a check says at length, and has all of it among the facts', async () => {
    const world = new World();
    const output = 'the trace of a stack '.repeat(100);
    world.check({ status: 'failed', reason: 'check-failed', output });
    const { verdict, instances } = await world.explain();
    expect(verdict.sentence).toMatch(/ms ago: the trace of .*…$/);
    expect(verdict.sentence.length).toBeLessThan(500);
    expect(instances[0]?.steps.at(-1)?.facts).toMatchObject({ output });
  });

  test.each<[DrainFacts['cause'], string]>([
    ['operator', 'web on h1: an operator drains it'],
    ['stop', 'web on h1: its container was told to stop, and drains until it ends'],
    [undefined, 'web on h1: it is drained, nobody remembers by whom'],
  ])('tells by whom it is drained (%s)', async (cause, sentence) => {
    const world = new World();
    world.discovered({ drain: { sinceNs: NOW, cause } });
    expect((await world.explain()).verdict.sentence).toBe(sentence);
  });

  test('says of a configuration that is not made yet, or lacks one of the ports, just that', async () => {
    const world = new World();
    const rendered = async () => (await world.explain()).instances[0]?.steps.find(({ step }) => step === 'rendered');
    world.trace = { ...world.trace, leftOut: [{ code: 'SERVICE_PORT_TAKEN', message: 'api has 8081' }] };
    expect((await rendered())?.text).toBe('the configuration offers it at ServicePort 8080, but api has 8081');
    world.trace = { ...world.trace, leftOut: [], drafted: [], servers: [] };
    world.proxy = { isRunning: false, isBehind: true, fault: undefined };
    expect(await rendered()).toMatchObject({ state: 'unknown', text: 'no configuration has been made with it yet' });
    expect((await world.explain()).verdict.code).toBe('HAPROXY_DOWN');
  });

  test('an instance without a stats socket to ask is routed, as far as can be seen', async () => {
    const world = new World();
    world.states = { kind: 'unasked' };
    expect((await world.explain()).verdict.code).toBe('ROUTED');
    world.states = { kind: 'silent', why: 'ENOENT' };
    world.trace = { ...world.trace, hasStatsSocket: false };
    expect((await world.explain()).verdict.code).toBe('ROUTED');
  });
});

describe('other hosts', () => {
  test('the host of an instance is asked, and its half comes first', async () => {
    const world = new World();
    world.moved({ status: Status.Unhealthy });
    const checked = { step: 'checked', state: 'stopped', text: 'it answers 500', facts: { kind: 'http' } };
    world.answers = { h2: halfOf('CHECK_FAILED', [{ ...checked, code: 'CHECK_FAILED' }]) };
    const { verdict, instances } = await world.explain();
    expect([verdict.code, verdict.sentence, world.asked]).toEqual([
      'CHECK_FAILED',
      'web on h2: it answers 500',
      ['h2', 'HAProxy'],
    ]);
    expect(instances[0]?.asked.state).toBe('answered');
  });

  test('one that does not answer costs its half, and the answer says so', async () => {
    const world = new World();
    world.moved();
    world.answers = { h2: { state: 'unanswered', why: 'http://h2 does not answer within 1 s' } };
    const { verdict, instances } = await world.explain();
    expect(verdict.code).toBe('ROUTED');
    expect(instances[0]?.steps[0]).toMatchObject({ state: 'unknown', text: 'http://h2 does not answer within 1 s' });
    expect(instances[0]?.steps[1]).toMatchObject({ step: 'ports', state: 'done' });
  });

  test('for a name that is not known here all are asked, and what one knows decides', async () => {
    const world = new World();
    world.nothing();
    const left = { step: 'discovered', state: 'stopped', text: 'left out', facts: {}, code: 'EXCLUDED_BY_LABEL' };
    world.answers = { h2: halfOf('EXCLUDED_BY_LABEL', [left]) };
    const { verdict } = await world.explain();
    expect([verdict.code, world.asked]).toEqual(['EXCLUDED_BY_LABEL', ['h2', 'h3', 'HAProxy']]);
    world.answers = { h3: halfOf('STATIC_FILE_BROKEN', []) };
    expect((await world.explain()).verdict).toMatchObject({ code: 'STATIC_FILE_BROKEN' });
  });

  test('one speaks for itself and for names that are no member, not for another member', async () => {
    const world = new World();
    world.moved();
    const said = (host: string) => ({
      ...{ host, id: 'zz' },
      steps: [{ step: 'discovered', state: 'stopped', text: 'no', facts: {}, code: 'ENDED' }],
    });
    const verdict = { code: 'ENDED', sentence: 'no', advice: '' };
    const half = readOtherHalf(JSON.stringify({ verdict, instances: ['h1', 'h2', 'h3', 'elsewhere'].map(said) }))!;
    world.answers = { h2: { state: 'answered', half } };
    const { instances } = await world.explain();
    expect(instances.map(({ host, id }) => `${host} ${id}`)).toEqual(['elsewhere zz', 'h2 aa', 'h2 zz']);
    world.answers = { h2: halfOf('ANNOUNCED', []), h3: halfOf('ANNOUNCED', []) };
    expect((await world.explain('nobody')).verdict.code).toBe('UNKNOWN_INSTANCE');
  });

  test('of a large cluster sixteen hosts are asked, and the answer names whose word is missing', async () => {
    const world = new World();
    world.nothing();
    world.hosts = Array.from({ length: 20 }, (_, i) => ({ ...world.hosts[0]!, name: `n${10 + i}` }));
    world.answers = { n10: { state: 'unanswered', why: 'http://n10 does not answer within 1 s' } };
    expect((await world.explain()).verdict.sentence).toBe(
      'nobody who answered knows web; no word from n10, n26, n27 and 2 more',
    );
    expect(world.asked).toHaveLength(16 + 1);
    world.record = world.recordOf({ hostname: 'n29' });
    expect((await world.explain('n10')).verdict.sentence).toBe(
      'web is known, but no instance of it has the id or host n10; no word from n10',
    );
  });

  test('that are not asked are so for a reason', async () => {
    const world = new World();
    world.moved({ status: Status.Tombstone });
    world.host('dead');
    expect((await world.explain()).instances[0]?.asked.text).toBe('h2 was not asked: it is no live member');
  });

  test('the half for another host asks nobody, and ends with what is announced', () => {
    const world = new World();
    const { instances, verdict } = world.explainer.ownHalf('web');
    expect([verdict.code, instances[0]?.steps.at(-1)?.step, world.asked]).toEqual(['ANNOUNCED', 'announced', []]);
    world.moved();
    expect(world.explainer.ownHalf('web')).toMatchObject({ instances: [], verdict: { code: 'UNKNOWN_SERVICE' } });
  });
});

describe('what nobody knows', () => {
  test('on the asked host itself is what keeps that from knowing, though others have it', async () => {
    const world = new World();
    world.moved();
    world.sources = [{ source: 'docker', hasListed: false, problem: 'the engine is lost' }];
    expect((await world.explain('h1')).verdict.code).toBe('DOCKER_UNREACHABLE');
    expect((await world.explain('zz')).verdict.code).toBe('UNKNOWN_INSTANCE');
  });

  test('a name that is nearly right is met with the one that is meant', async () => {
    const world = new World();
    world.nothing();
    world.names = ['payments', 'web'];
    world.strangers = [{ name: 'h9', clusterName: 'staging' }];
    expect((await world.explain(undefined, 'paymetns')).verdict).toMatchObject({
      code: 'UNKNOWN_SERVICE',
      sentence: 'nobody knows paymetns; did you mean payments?',
    });
  });

  test.each<[HostFacts['state'], Code]>([
    ['left', 'HOST_LEFT'],
    ['dead', 'HOST_DEAD'],
  ])('on a host that is %s it is %s', async (state, code) => {
    const world = new World();
    world.host(state);
    expect((await world.explain('h2')).verdict.code).toBe(code);
  });

  test('a host of another cluster is named with it', async () => {
    const world = new World();
    world.strangers = [{ name: 'h9', clusterName: 'staging' }];
    const { verdict } = await world.explain('h9');
    expect([verdict.code, verdict.sentence]).toEqual([
      'OTHER_CLUSTER',
      'h9 says cluster staging, and this is cluster prod',
    ]);
  });

  test('nobody of another cluster is blamed for what a member does not know', async () => {
    const world = new World();
    world.nothing();
    world.strangers = [{ name: 'h9', clusterName: 'staging' }];
    expect((await world.explain('h2')).verdict.code).toBe('UNKNOWN_SERVICE');
    expect((await world.explain('nobody')).verdict.code).toBe('OTHER_CLUSTER');
  });

  test('a member that knocks from another cluster is of that, until it is a member again', async () => {
    const world = new World();
    world.strangers = [{ name: 'h2', clusterName: 'staging' }];
    world.moved();
    world.host('dead');
    expect((await world.explain()).verdict.code).toBe('OTHER_CLUSTER');
    world.host('alive');
    world.answers = {};
    expect((await world.explain()).verdict.code).toBe('ROUTED');
    world.nothing();
    for (const which of ['h2', undefined]) expect((await world.explain(which)).verdict.code).toBe('UNKNOWN_SERVICE');
  });
});

test('a service is routed when one instance is, and the sentence names what stops the others', async () => {
  const world = new World();
  world.refused = [{ host: 'h2', id: 'bb', code: 'IP_INVALID', why: 'has a bad IP', atNs: 1n, updated: undefined }];
  const { verdict, instances } = await world.explain();
  expect(instances.map((one) => one.verdict.code)).toEqual(['ROUTED', 'BAD_VALUE']);
  expect(verdict).toMatchObject({
    code: 'ROUTED',
    sentence: '1 of 2 instances of web is routed; BAD_VALUE on h2',
  });
  expect((await world.explain('bb')).verdict.code).toBe('BAD_VALUE');
});
