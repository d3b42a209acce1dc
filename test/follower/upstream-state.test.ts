import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { decodeUpstreamState } from '../../src/follower/upstream-state.js';
import { recordText } from '../../src/service/codec.js';
import { encodeState } from '../../src/service/state-codec.js';
import { record } from '../support/records.js';

const FIXTURES = 'test/fixtures/contract';

/** What follows the blank line of a recorded answer. */
const bodyOf = (path: string): string => readFileSync(path, 'utf8').split(/\r?\n\r?\n/)[1] ?? '';

function stateOf(body: string) {
  const decoded = decodeUpstreamState(body);
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.fault));
  return decoded.value;
}

const idsOf = (body: string): readonly string[] =>
  [...stateOf(body).state.servers.values()].flatMap(({ services }) => [...services.keys()]);

const withRecords = (host: string, texts: readonly string[]): string =>
  `{"Servers":{"${host}":{"Name":"${host}","Services":{${texts.map((text, i) => `"${i}":${text}`).join(',')}}}}}`;

describe('the state of an upstream', () => {
  test('is read with all its times and names, as version 2 shows it', () => {
    const { state, faults } = stateOf(bodyOf(`${FIXTURES}/v2/api-state.json.http`));
    expect(faults).toEqual([]);
    expect(state).toMatchObject({
      clusterName: 'v2cluster',
      hostname: 'h1',
      lastChanged: 1795345894005099320n,
    });
    expect(state.servers.get('h1')).toMatchObject({
      name: 'h1',
      lastUpdated: 1795345895004848088n,
      lastChanged: 1795345894005099320n,
    });
  });

  test('of version 1 gives the same text again, but for the order of its keys', () => {
    const body = bodyOf(`${FIXTURES}/api/state.json.http`);
    expect(JSON.parse(encodeState(stateOf(body).state, recordText))).toEqual(JSON.parse(body));
  });

  test('has the extras of our own agents', () => {
    const body = withRecords('h1', [recordText(record({ ext: { weight: 7, slowStartMs: 1500 } }))]);
    const services = [...(stateOf(body).state.servers.get('h1')?.services.values() ?? [])];
    expect(services[0]?.ext).toEqual({ weight: 7, slowStartMs: 1500 });
  });

  test('goes by the host and the id of the record itself, and of two the later counts', () => {
    const early = record({ hostname: 'h2', updated: 1n, image: 'early' });
    const late = record({ hostname: 'h2', updated: 2n, image: 'late' });
    for (const texts of [
      [early, late],
      [late, early],
    ]) {
      const { servers } = stateOf(withRecords('h1', texts.map(recordText))).state;
      expect([...servers.keys()]).toEqual(['h2']);
      expect([...(servers.get('h2')?.services.values() ?? [])]).toEqual([late]);
    }
  });

  test('is without its bad records, which are refused alone', () => {
    const hostile = [
      recordText(record({ id: 'bbb', name: 'web\n  server evil 1.2.3.4:80' })),
      recordText(record({ id: 'ccc', hostname: 'h1 weight 256' })),
      recordText(record({ id: 'ddd' })).replace('"Status":0', '"Status":"0"'),
      'null',
      '7',
    ];
    const body = withRecords('h1', [recordText(record()), ...hostile]);
    expect(idsOf(body)).toEqual([record().id]);
    expect(stateOf(body).faults.map(({ field }) => field)).toEqual([
      'Name',
      'Hostname',
      'Status',
      'Servers[].Services[]',
      'Servers[].Services[]',
    ]);
  });

  test('is without what else cannot be read, which is a fault', () => {
    const { state, faults } = stateOf(
      '{"Servers":{"h1":null,"h2":{"Services":[]},"h3":{"LastUpdated":7}},"LastChanged":"now","Hostname":{}}',
    );
    expect(state).toMatchObject({ hostname: '', clusterName: '' });
    expect(state.servers.size).toBe(0);
    expect(faults.map(({ field }) => field)).toEqual([
      'Servers[]',
      'Servers[].Services',
      'Servers[].LastUpdated',
      'LastChanged',
    ]);
  });

  test('may have no server at all', () => {
    expect(
      idsOf('{"Servers":{},"LastChanged":"1970-01-01T00:00:00Z","ClusterName":"default","Hostname":"h1"}'),
    ).toEqual([]);
  });

  test.each([
    ['{}', 'Servers'],
    ['{"Servers":null,"LastChanged":"0001-01-01T00:00:00Z","ClusterName":"","Hostname":""}', 'Servers'],
    ['{"Servers":[]}', 'Servers'],
    ['[]', ''],
    ['null', ''],
    ['', ''],
    ['<html>', ''],
    ['{"Servers":{"h1":', ''],
    ['['.repeat(100_000), ''],
  ])('is none in %s', (body, field) => {
    const decoded = decodeUpstreamState(body.slice(0, 100_000));
    expect(!decoded.ok && decoded.fault.field).toBe(field);
  });

  test('is not looked at when it is longer than 20 MiB', () => {
    const decoded = decodeUpstreamState(Buffer.alloc(20 * 1024 * 1024 + 1, ' '));
    expect(!decoded.ok && decoded.fault.code).toBe('TOO_LONG');
  });
});
