import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { recordText } from '../../src/service/codec.js';
import type { Service } from '../../src/service/service.js';
import { decodeState, encodeState, type ServerState } from '../../src/service/state-codec.js';
import { record } from '../support/records.js';
import { anyRecord } from './arbitraries.js';

const { state: vectors } = JSON.parse(readFileSync('test/fixtures/gossip/sidecar-json.json', 'utf8')) as {
  readonly state: readonly { readonly name: string; readonly json: string }[];
};
const vector = (name: string): string => vectors.find((other) => other.name.startsWith(name))?.json ?? '';

function stateText(services: readonly Service[]): string {
  const servers = new Map<string, ServerState & { readonly services: Map<string, Service> }>();
  for (const service of services) {
    const name = service.hostname;
    const server = servers.get(name) ?? {
      name,
      services: new Map<string, Service>(),
      lastUpdated: 0n,
      lastChanged: 0n,
    };
    servers.set(name, server);
    server.services.set(service.id, service);
  }
  return encodeState({ servers, lastChanged: 0n, clusterName: 'c', hostname: 'h' }, recordText);
}

/** The records of a state, or the code of its fault. */
function outcome(json: string): { readonly ids: readonly string[]; readonly faults: readonly string[] } | string {
  const decoded = decodeState(json);
  if (!decoded.ok) return decoded.fault.code;
  const { services, faults } = decoded.value;
  return { ids: services.map(({ id }) => id), faults: faults.map(({ code }) => code) };
}

describe('states of the original', () => {
  test('are encoded with the same bytes', () => {
    const decoded = decodeState(vector('two servers'));
    const services = decoded.ok ? decoded.value.services : [];
    const at = services[1]?.updated ?? 0n;
    const alpha = {
      name: 'alpha',
      services: new Map([...services].reverse().map((s) => [s.id, s])),
      lastUpdated: at,
      lastChanged: at,
    };
    const empty = { name: 'empty', services: new Map<string, Service>(), lastUpdated: 0n, lastChanged: 0n };
    const servers = new Map<string, ServerState>([
      ['empty', empty],
      ['alpha', alpha],
    ]);
    const state = { servers, lastChanged: at, clusterName: 'wiretest', hostname: 'alpha' };
    expect(encodeState(state, recordText)).toBe(vector('two servers'));
  });

  test('before any service, too', () => {
    const state = { servers: new Map(), lastChanged: 0n, clusterName: '', hostname: 'alpha' };
    expect(encodeState(state, recordText)).toBe(vector('fresh state'));
  });

  test('are read; what may not enter is refused alone', () => {
    expect(outcome(vector('two servers'))).toEqual({ ids: ['abadbabe1234', 'deadbeef1234'], faults: [] });
    expect(outcome(vector('fresh state'))).toEqual({ ids: [], faults: [] });
    expect(outcome(vector('escaping'))).toEqual({ ids: [], faults: ['OUT_OF_RANGE'] });
  });
});

describe('odd states', () => {
  const one = recordText(record());

  test.each<[string, string, unknown]>([
    ['no servers', '{"Servers":null}', { ids: [], faults: [] }],
    ['absent servers, as alertmanager and others send', '{}', { ids: [], faults: [] }],
    ['no services', '{"Servers":{"x":{"Services":null}}}', { ids: [], faults: [] }],
    [
      'a null server, which crashes an original',
      `{"Servers":{"x":null,"y":{"Services":{"a":${one}}}}}`,
      { ids: ['aaaaaaaaaaaa'], faults: ['NOT_AN_OBJECT'] },
    ],
    [
      'a null record',
      `{"Servers":{"x":{"Services":{"a":null,"b":${one}}}}}`,
      { ids: ['aaaaaaaaaaaa'], faults: ['NOT_AN_OBJECT'] },
    ],
    ['keys of another case', `{"servers":{"x":{"SERVICES":{"a":${one}}}}}`, { ids: ['aaaaaaaaaaaa'], faults: [] }],
    ['services in a list', `{"Servers":{"x":{"Services":[${one}]}}}`, { ids: [], faults: ['WRONG_TYPE'] }],
    [
      'a bad record among good ones',
      `{"Servers":{"x":{"Services":{"a":{"ID":3},"b":${one}}}}}`,
      { ids: ['aaaaaaaaaaaa'], faults: ['WRONG_TYPE'] },
    ],
    ['servers in a list', '{"Servers":[]}', 'WRONG_TYPE'],
    ['a list', '[]', 'NOT_AN_OBJECT'],
    ['no JSON', '\u0000\u0001', 'NOT_JSON'],
    ['too much', ' '.repeat(20 * 1024 * 1024 + 1), 'TOO_LONG'],
  ])('%s', (_name, json, expected) => {
    expect(outcome(json)).toEqual(expected);
  });

  test('another host name or id as key is no matter: the records tell', () => {
    const decoded = decodeState(`{"Servers":{"x":{"Services":{"y":${one}}}}}`);
    expect(decoded).toEqual({ ok: true, value: { hostname: '', services: [record()], faults: [] } });
  });
});

describe('any state', () => {
  test('is the same after encoding and decoding, whatever the order it was built in', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anyRecord(), { maxLength: 8, selector: ({ hostname, id }) => `${hostname} ${id}` }),
        (services) => {
          const json = stateText(services);
          expect(stateText([...services].reverse())).toBe(json);
          const decoded = decodeState(Buffer.from(json));
          const found = decoded.ok ? decoded.value.services : [];
          const sorted = (list: readonly Service[]): string[] => list.map(recordText).sort();
          expect(sorted(found)).toEqual(sorted(services));
        },
      ),
    );
  });

  test('with one byte changed is a state or a fault', () => {
    const bytes = Buffer.from(stateText([record(), record({ id: 'b' })]));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
        const mutated = Buffer.from(bytes);
        mutated[at] = byte;
        expect(typeof decodeState(mutated).ok).toBe('boolean');
      }),
      { numRuns: 500 },
    );
  });
});
