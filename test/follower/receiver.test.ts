import { describe, expect, test } from '@jest/globals';
import { AwaitedMirror } from '../../src/follower/awaited-mirror.js';
import { Receiver } from '../../src/follower/receiver.js';
import { ProblemBoard } from '../../src/lib/problems.js';
import { recordText } from '../../src/service/codec.js';
import { Status } from '../../src/service/service.js';
import { encodeState, type State } from '../../src/service/state-codec.js';
import { nsFromMs } from '../../src/service/timestamp.js';
import { silentLogger } from '../haproxy/support/silent-logger.js';
import { record } from '../support/records.js';
import { FakeClock, fakeWall } from '../support/time.js';

const SECOND = 1_000_000_000n;
const START = 1_700_000_000_000_000_000n;

function setUp() {
  const clock = new FakeClock();
  const wall = fakeWall(clock, START);
  const problems = new ProblemBoard(wall);
  const mirror = new AwaitedMirror({ graceMs: 5000 }, { wall, clock });
  const receiver = new Receiver({ maxBytes: 100_000 }, { mirror, wall, problems, log: silentLogger });
  return { clock, mirror, problems, receiver };
}

/** A state with one service of h1, changed `at` seconds after the start; before it when negative. */
function stateOf(name: string, at: number, status: number = Status.Alive): State {
  const service = record({ name, status });
  const lastChanged = START + nsFromMs(at * 1000);
  const server = { name: 'h1', services: new Map([[service.id, service]]), lastUpdated: START, lastChanged };
  return { servers: new Map([['h1', server]]), lastChanged, clusterName: 'c', hostname: 'h1' };
}

const updateOf = (state: State, status: number, previous: number): Buffer =>
  Buffer.from(
    `{"State":${encodeState(state, recordText)},"ChangeEvent":{"Service":${recordText(record({ status }))},"PreviousStatus":${previous}}}`,
  );

/** Posts a state whose change is one that HAProxy is told of. @returns the refusal */
const post = (receiver: Receiver, name: string, at: number, status = 0, previous = 3): string | undefined =>
  receiver.post(updateOf(stateOf(name, at), status, previous));

const namesIn = (state: Pick<State, 'servers'> | undefined): readonly string[] =>
  [...(state?.servers.values() ?? [])].flatMap(({ services }) => [...services.values()].map(({ name }) => name));

describe('what is posted', () => {
  test('is held, and shown to HAProxy, with the record that it is about', () => {
    const { mirror, receiver } = setUp();
    expect([receiver.state(), receiver.lastService()]).toEqual([undefined, undefined]);
    expect(post(receiver, 'web', -9)).toBeUndefined();
    expect(namesIn(receiver.state())).toEqual(['web']);
    expect(namesIn(mirror.snapshot())).toEqual(['web']);
    expect(receiver.lastService()?.name).toBe('web');
    expect(receiver.counts).toEqual({ applied: 1, withheld: 0, outdated: 0, refused: 0 });
  });

  test('is passed over unless it is newer than what is held', () => {
    const { receiver } = setUp();
    post(receiver, 'a', -5);
    for (const at of [-5, -6]) expect(post(receiver, 'b', at)).toBeUndefined();
    expect(namesIn(receiver.state())).toEqual(['a']);
    post(receiver, 'c', -4.999);
    expect(namesIn(receiver.state())).toEqual(['c']);
    expect(receiver.counts).toMatchObject({ applied: 2, outdated: 2 });
  });

  test('from the future does not keep out what comes later', async () => {
    const { clock, receiver } = setUp();
    post(receiver, 'a', 3_600);
    await clock.advance(2000);
    post(receiver, 'b', 1);
    expect(namesIn(receiver.state())).toEqual(['b']);
  });

  test('is held back from HAProxy when the change is none for it, until the next that is', () => {
    const { mirror, receiver } = setUp();
    post(receiver, 'a', -9);
    post(receiver, 'b', -8, Status.Unhealthy, Status.Unknown);
    expect([namesIn(receiver.state()), namesIn(mirror.snapshot())]).toEqual([['b'], ['a']]);
    expect(receiver.lastService()?.status).toBe(Status.Unhealthy);
    post(receiver, 'outdated', -8.5);
    post(receiver, 'c', -7, Status.Alive, Status.Unhealthy);
    expect([namesIn(receiver.state()), namesIn(mirror.snapshot())]).toEqual([['c'], ['c']]);
    expect(receiver.counts).toEqual({ applied: 2, withheld: 1, outdated: 1, refused: 0 });
  });

  test('is shown whatever it is about when it is the first', () => {
    const { mirror, receiver } = setUp();
    post(receiver, 'a', -9, Status.Unhealthy, Status.Unknown);
    expect(namesIn(mirror.snapshot())).toEqual(['a']);
  });

  test('takes the place of what was kept from before the start, be it older', () => {
    const { mirror, receiver } = setUp();
    mirror.restore({ from: 'x', at: START, state: stateOf('kept', -1) });
    expect(namesIn(receiver.state())).toEqual(['kept']);
    post(receiver, 'told', -60, Status.Unhealthy, Status.Unknown);
    expect(namesIn(receiver.state())).toEqual(['told']);
  });

  test('gives way to what the mirror is told otherwise', () => {
    const { mirror, receiver } = setUp();
    post(receiver, 'a', -9);
    post(receiver, 'withheld', -8, Status.Unhealthy, Status.Unknown);
    mirror.replace(stateOf('followed', -20), 'http://h1:7777');
    expect(namesIn(receiver.state())).toEqual(['followed']);
  });

  test('is refused when it is no update, and nothing of it is held', () => {
    const { receiver } = setUp();
    post(receiver, 'a', -9);
    expect(receiver.post(Buffer.from('{}'))).toBe('State is missing, expected an object');
    expect(receiver.post(Buffer.from(' '.repeat(100_001)))).toContain('at most 100000 bytes');
    expect(namesIn(receiver.state())).toEqual(['a']);
    expect(receiver.counts.refused).toBe(2);
  });

  test('stands on the board while parts of it cannot be read', () => {
    const { problems, receiver } = setUp();
    const bad = updateOf(stateOf('a b', -9), 0, 3);
    expect(receiver.post(bad)).toBeUndefined();
    expect(problems.list().map(({ code, message }) => `${code} ${message}`)).toEqual([
      'POSTED_RECORDS_REFUSED 1 parts of the posted state are left out, the first: ' +
        'Name is "a b", expected printable characters without white space',
    ]);
    post(receiver, 'a', -8);
    expect(problems.list()).toEqual([]);
  });
});

describe('what is fetched', () => {
  test('is taken unless something newer has been posted meanwhile', () => {
    const { receiver } = setUp();
    receiver.fetched({ state: stateOf('fetched', -9), faults: [] }, 'url');
    expect(namesIn(receiver.state())).toEqual(['fetched']);
    post(receiver, 'posted', -8);
    receiver.fetched({ state: stateOf('late', -9), faults: [] }, 'url');
    expect(namesIn(receiver.state())).toEqual(['posted']);
    expect(receiver.state()?.lastChanged).toBe(START - 8n * SECOND);
  });
});
