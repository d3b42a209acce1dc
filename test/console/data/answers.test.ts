import { describe, expect, test } from '@jest/globals';
import { readHistory, readMembers, readState } from '../../../src/console/data/answers.js';
import { createApi } from '../../../src/console/data/api.js';
import { readEvent } from '../../../src/console/data/event.js';
import { instantOf } from '../../../src/console/data/fields.js';
import { readInstance } from '../../../src/console/data/instance.js';
import { recordJson, stateJson } from '../support.js';

describe('answers of agents', () => {
  test('a state has every instance of every server; records without a name of their own are left out', () => {
    const state = readState(stateJson(recordJson(), recordJson({ ID: 'b1' }), { Name: 'nobody' }));
    expect(state?.instances.map(({ id }) => id)).toEqual(['a1', 'b1']);
  });

  test.each([
    ['null', null],
    ['a list', []],
    ['a text', 'no'],
    ['no servers', {}],
  ])('%s is no state', (_, body) => {
    expect(readState(body)).toBeUndefined();
  });

  test('a record is read field by field, whatever else it has or lacks', () => {
    expect(readInstance(recordJson({ Status: 4, Unheard: { of: 1 } }))).toMatchObject({
      ...{ id: 'a1', service: 'web', host: 'node1', status: 'Draining' },
      ports: [{ type: 'tcp', port: 32768, servicePort: 8080, ip: '10.0.0.5' }],
    });
    expect(readInstance({ ID: 'a', Hostname: 'h', Ports: 'none', Status: 99 })).toMatchObject({
      ...{ service: '', image: '', ports: [], status: 'Tombstone', created: undefined, updated: 0 },
    });
  });

  test.each([
    ['2026-11-23T12:00:00.123456789Z', Date.UTC(2026, 10, 23, 12) + 123.456789],
    ['2026-11-23T12:00:00+01:00', Date.UTC(2026, 10, 23, 11)],
    ['yesterday', undefined],
    [17, undefined],
  ])('the time %s', (text, expected) => {
    const read = instantOf(text);
    if (expected === undefined) expect(read).toBeUndefined();
    else expect(read).toBeCloseTo(expected, 2);
  });

  test('events of a kind that is not known yet are left out', () => {
    const event = { id: 1, time: '2026-11-23T12:00:00Z', kind: 'agent', what: 'started', text: 'it started' };
    const { events } = readHistory({ events: [event, { ...event, kind: 'weather' }, 'no'] });
    expect(events.map(({ kind }) => kind)).toEqual(['agent']);
    expect(readEvent({ ...event, id: 'one' })).toBeUndefined();
  });

  test('members may lack what they like', () => {
    expect(readMembers({ members: [{ name: 'node1' }] })?.[0]).toMatchObject({ state: '', roundTripMs: undefined });
    expect(readMembers({})).toBeUndefined();
  });
});

describe('the client', () => {
  test.each([
    ['unreachable', () => Promise.reject(new Error('connection refused'))],
    ['absent', () => Promise.resolve({ status: 404, body: {}, agentTime: undefined })],
    ['refused', () => Promise.resolve({ status: 503, body: { message: 'busy' }, agentTime: undefined })],
    ['unreadable', () => Promise.resolve({ status: 200, body: 'hello', agentTime: undefined })],
  ])('an answer may be %s, and never rejects', async (why, get) => {
    expect(await createApi(get).state()).toMatchObject({ ok: false, why });
  });

  test('asks for history by what is given, below its base', async () => {
    const asked: string[] = [];
    const api = createApi((path) => {
      asked.push(path);
      return Promise.resolve({ status: 404, body: undefined, agentTime: undefined });
    }, '/clusters/eu');
    await api.history({ service: 'a b', kinds: ['service', 'check'], limit: 5 });
    expect(asked).toEqual(['/clusters/eu/api/history?service=a+b&kind=service%2Ccheck&limit=5']);
  });

  test('a state that is as it was is not read again: the same object is answered', async () => {
    const tags: (string | undefined)[] = [];
    const api = createApi((_, tag) => {
      tags.push(tag);
      return Promise.resolve(
        tag === 'one'
          ? { status: 304, body: undefined, agentTime: undefined }
          : { status: 200, body: stateJson(recordJson()), agentTime: undefined, tag: 'one' },
      );
    });
    const [first, second] = [await api.state(), await api.state()];
    expect(tags).toEqual(['', 'one']);
    expect(first.ok && second.ok && first.value === second.value).toBe(true);
  });

  test('finds the state of an original where that has it', async () => {
    const api = createApi((path) =>
      Promise.resolve(
        path === '/state.json'
          ? { status: 200, body: stateJson(recordJson()), agentTime: undefined }
          : { status: 404, body: undefined, agentTime: undefined },
      ),
    );
    expect(await api.state()).toMatchObject({ ok: true, value: { clusterName: 'blue' } });
  });

  test('what was by a time has all that happened by then', async () => {
    const asked: string[] = [];
    const api = createApi((path) => {
      asked.push(path);
      const body = { event: 7, catalog: stateJson(recordJson()), config: null };
      return Promise.resolve({ status: 200, body, agentTime: undefined });
    });
    const past = await api.at(Date.UTC(2026, 10, 23, 12) + 0.25);
    expect(asked).toEqual(['/api/at?time=2026-11-23T12:00:00.001Z']);
    expect(past).toMatchObject({ ok: true, value: { event: 7, instances: [{ id: 'a1' }] } });
  });

  test('clusters come with the own one first, and why one cannot be reached', async () => {
    const eu = { name: 'eu', isSelf: false, state: 'unreachable', message: 'it refuses', lastAnswerAgoMs: 5 };
    const us = { name: 'us', isSelf: false, state: 'unasked', lastAnswerAgoMs: null };
    const own = { name: 'blue', isSelf: true, state: 'reachable', lastAnswerAgoMs: 0 };
    const api = createApi(() =>
      Promise.resolve({ status: 200, body: { clusters: [eu, us, own] }, agentTime: undefined }),
    );
    expect(await api.clusters()).toMatchObject({
      value: [
        { name: 'blue', isSelf: true, fault: undefined, lastAnswerAgoMs: 0 },
        { name: 'eu', isSelf: false, fault: 'it refuses', lastAnswerAgoMs: 5 },
        { name: 'us', isSelf: false, fault: undefined, lastAnswerAgoMs: undefined },
      ],
    });
  });
});
