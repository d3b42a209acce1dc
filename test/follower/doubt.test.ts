import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { isHollow, isOlder, isSameSource } from '../../src/follower/doubt.js';
import { JsonStream } from '../../src/follower/json-stream.js';
import { decodeUpstreamState } from '../../src/follower/upstream-state.js';
import { Status, type Service } from '../../src/service/service.js';
import type { State } from '../../src/service/state-codec.js';
import { record } from '../support/records.js';
import { stateWith } from './states.js';

const at = (lastChanged: bigint, ...services: Service[]): State => stateWith(services, { lastChanged });

/** The states of a recorded stream. */
function statesOf(path: string): State[] {
  const stream = new JsonStream(100_000);
  return [...readFileSync(path)].flatMap((byte) => {
    const object = stream.push(Buffer.of(byte));
    if (!object.ok) throw new Error(object.fault);
    const received = object.value && decodeUpstreamState(object.value);
    return received?.ok ? [received.value.state] : [];
  });
}

describe('a state is older than what the same one has said before', () => {
  const heldOf = (state: State) => ({ state, at: state.lastChanged });
  const [early, late] = [record({ updated: 1n }), record({ updated: 2n })];

  test('when its LastChanged is earlier and nothing in it is later', () => {
    expect(isOlder(at(1n, early), heldOf(at(2n, late)))).toBe(true);
    expect(isOlder(at(1n), heldOf(at(2n, late)))).toBe(true);
  });

  test('but not when LastChanged is equal or later', () => {
    expect(isOlder(at(2n, early), heldOf(at(2n, late)))).toBe(false);
    expect(isOlder(at(3n), heldOf(at(2n, late)))).toBe(false);
  });

  test('nor when it has a record that is later or was not known: an original sets LastChanged back', () => {
    expect(isOlder(at(1n, late), heldOf(at(2n, early)))).toBe(false);
    expect(isOlder(at(1n, early, record({ id: 'b' })), heldOf(at(2n, late)))).toBe(false);
    expect(isOlder(at(1n, early, record({ hostname: 'h2' })), heldOf(at(2n, late)))).toBe(false);
  });

  test('nor when what is held came with a time of the future', () => {
    expect(isOlder(at(5n, early), { state: at(10n, late), at: 5n })).toBe(false);
    expect(isOlder(at(4n, early), { state: at(10n, late), at: 5n })).toBe(true);
  });

  test('and the death of a host, as an original tells it, is not', () => {
    const states = statesOf('test/fixtures/contract/watch/v1-by_service_false-node-death.raw');
    const [before, after] = states;
    if (!before || !after) throw new Error('the recording has two states');
    expect(isOlder(after, heldOf(before))).toBe(false);
    expect(isOlder({ ...after, lastChanged: before.lastChanged - 1n }, heldOf(before))).toBe(false);
    expect(isOlder(before, heldOf(after))).toBe(true);
  });
});

describe('two states come from the same one', () => {
  const said = (from: string, hostname: string) => ({ from, state: stateWith([], { hostname }) });

  test('when they name the same host, or none and come from the same address', () => {
    expect(isSameSource(said('http://a', 'h1'), said('http://b', 'h1'))).toBe(true);
    expect(isSameSource(said('http://a', 'h1'), said('http://a', 'h2'))).toBe(false);
    expect(isSameSource(said('http://a', ''), said('http://a', ''))).toBe(true);
    expect(isSameSource(said('http://a', ''), said('http://b', ''))).toBe(false);
  });
});

describe('a state is hollow', () => {
  const port = { type: 'tcp', port: 1, servicePort: 2, ip: '10.0.0.1' };

  test.each<[string, Partial<Service>, boolean]>([
    ['with an instance that lives', {}, false],
    ['with one that drains', { status: Status.Draining }, false],
    ['with tombstones', { status: Status.Tombstone }, true],
    ['with what is unhealthy', { status: Status.Unhealthy }, true],
    ['without ports', { ports: null }, true],
    ['without a ServicePort', { ports: [{ ...port, servicePort: 0 }] }, true],
    ['with udp alone', { ports: [{ ...port, type: 'udp' }] }, true],
  ])('%s: %j', (_, overrides, expected) => {
    expect(isHollow(stateWith([record(overrides)]))).toBe(expected);
  });
});
