import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { recordText, serviceText } from '../../src/service/codec.js';
import { decodeService, MAX_RECORD_BYTES } from '../../src/service/decode-service.js';
import type { Service } from '../../src/service/service.js';
import { ZERO_TIME } from '../../src/service/timestamp.js';
import { record } from '../support/records.js';
import { anyRecord } from './arbitraries.js';

interface Vectors {
  readonly vectors: readonly {
    readonly fields: {
      readonly ID: string;
      readonly Name: string;
      readonly Image: string;
      readonly CreatedUnixNano: string | null;
      readonly Hostname: string;
      readonly Ports: readonly { Type: string; Port: number; ServicePort: number; IP: string }[] | null;
      readonly UpdatedUnixNano: string | null;
      readonly ProxyMode: string;
      readonly Status: number;
    };
    readonly json: string;
  }[];
  readonly decode: readonly { readonly name: string; readonly json: string }[];
}

// One number is above 2^53: as text it is kept, as the digits that it is.
const text = readFileSync('test/fixtures/gossip/sidecar-json.json', 'utf8');
const { vectors, decode } = JSON.parse(text) as Vectors;

const serviceOf = ({ fields }: Vectors['vectors'][number]): Service => ({
  id: fields.ID,
  name: fields.Name,
  image: fields.Image,
  created: fields.CreatedUnixNano === null ? ZERO_TIME : BigInt(fields.CreatedUnixNano),
  hostname: fields.Hostname,
  ports: fields.Ports?.map((p) => ({ type: p.Type, port: p.Port, servicePort: p.ServicePort, ip: p.IP })) ?? null,
  updated: fields.UpdatedUnixNano === null ? ZERO_TIME : BigInt(fields.UpdatedUnixNano),
  proxyMode: fields.ProxyMode,
  status: fields.Status,
});

/** What became of a text: the record, or `CODE field`. */
function outcome(json: string): unknown {
  const decoded = decodeService(json);
  return decoded.ok ? decoded.value : `${decoded.fault.code} ${decoded.fault.field}`;
}

const compact = (overrides: Record<string, unknown>): string =>
  JSON.stringify({ ...(JSON.parse(serviceText(record())) as object), ...overrides });

describe('records of the original', () => {
  const isExact = ({ json }: Vectors['vectors'][number]): boolean => !json.includes('9007199254740993');

  test.each(vectors.filter(isExact).map((vector) => [vector.json, vector] as const))(
    '%s is encoded so',
    (json, vector) => {
      expect(serviceText(serviceOf(vector))).toBe(json);
      expect(recordText(serviceOf(vector))).toBe(json);
    },
  );

  test('with strings of every kind have their bytes, but for a number that no port has', () => {
    const strange = vectors.filter((vector) => !isExact(vector));
    expect(strange).toHaveLength(1);
    for (const vector of strange) {
      expect(serviceText(serviceOf(vector))).toBe(vector.json.replace('9007199254740993', '9007199254740992'));
      expect(outcome(vector.json)).toBe('OUT_OF_RANGE Ports[1].ServicePort');
    }
  });

  test('that may enter are decoded to what they say; those without a host are refused', () => {
    for (const vector of vectors.filter(isExact)) {
      const expected = vector.fields.Hostname === '' ? 'HOSTNAME_INVALID Hostname' : serviceOf(vector);
      expect(outcome(vector.json)).toEqual(expected);
    }
  });
});

describe('odd input (PROTOCOL 19.2)', () => {
  const expected: Readonly<Record<string, unknown>> = {
    'keys in another order, unknown key, other letter case': {
      ...record({ id: 'q', name: '', image: '', hostname: 'h', ports: [], proxyMode: '', status: 2 }),
      created: ZERO_TIME,
      updated: 1_501_581_601_500_000_000n,
    },
    'missing keys keep zero values': 'HOSTNAME_INVALID Hostname',
    nulls: 'HOSTNAME_INVALID Hostname',
    'not JSON: the original does not notice and yields an all-zero record': 'NOT_JSON ',
    truncated: 'NOT_JSON ',
    'wrong type': 'WRONG_TYPE Status',
    'bad time': 'TIME_INVALID Created',
    array: 'NOT_AN_OBJECT ',
  };

  test.each(decode.map(({ name, json }) => [name, json]))('%s', (name, json) => {
    expect(Object.keys(expected)).toContain(name);
    expect(outcome(json)).toEqual(expected[name]);
  });

  test.each<[string, Record<string, unknown>, unknown]>([
    ['the exact key wins over another case of it', { id: 'other' }, record()],
    ['null ports are no list', { Ports: null }, record({ ports: null })],
    ['absent ports, too', { Ports: undefined }, record({ ports: null })],
    ['an empty list stays one', { Ports: [] }, record({ ports: [] })],
    ['an unknown status is kept', { Status: 7 }, record({ status: 7 })],
    ['the largest status', { Status: 2 ** 31 - 1 }, record({ status: 2 ** 31 - 1 })],
    ['a larger status', { Status: 2 ** 31 }, 'OUT_OF_RANGE Status'],
    ['a negative status', { Status: -1 }, 'OUT_OF_RANGE Status'],
    ['half a status', { Status: 0.5 }, 'OUT_OF_RANGE Status'],
    ['an empty id', { ID: '' }, 'ID_INVALID ID'],
    ['a name that is a number', { Name: 3 }, 'WRONG_TYPE Name'],
    ['a time that is a number', { Updated: 3 }, 'WRONG_TYPE Updated'],
    ['a year after the last', { Updated: '9999-12-31T23:59:59-01:00' }, 'TIME_INVALID Updated'],
    ['a year before the first', { Created: '0000-01-01T00:00:00+01:00' }, 'TIME_INVALID Created'],
    ['ports that are an object', { Ports: {} }, 'WRONG_TYPE Ports'],
    ['a port that is a number', { Ports: [80] }, 'NOT_AN_OBJECT Ports[0]'],
    ['a port without an address', { Ports: [null] }, 'IP_INVALID Ports[0].IP'],
    ['a port number as text', { Ports: [{ Port: '80' }] }, 'WRONG_TYPE Ports[0].Port'],
    ['a port above 2^53', { Ports: [{ IP: '::1', Port: 2 ** 53 }] }, 'OUT_OF_RANGE Ports[0].Port'],
    ['a port above 65535', { Ports: [{ IP: '::1', Port: 65536 }] }, 'PORT_OUT_OF_RANGE Ports[0].Port'],
    [
      'more ports than anybody has',
      { Ports: Array.from({ length: 5000 }, () => ({ IP: '::1' })) },
      'TOO_MANY_PORTS Ports',
    ],
    ['an endless mode', { ProxyMode: 'x'.repeat(65) }, 'PROXY_MODE_UNKNOWN ProxyMode'],
    ['extras', { Ext: { Weight: 5, SlowStart: '30s', New: [] } }, record({ ext: { weight: 5, slowStartMs: 30_000 } })],
    ['extras taken back', { Ext: { Weight: 100, SlowStart: '0s' } }, record({ ext: { weight: 100, slowStartMs: 0 } })],
    ['a slow start finer than HAProxy counts', { Ext: { SlowStart: '1.6ms' } }, record({ ext: { slowStartMs: 2 } })],
    ['a slow start that is too long', { Ext: { SlowStart: '1h1ms' } }, 'OUT_OF_RANGE Ext.SlowStart'],
    ['a slow start that is no duration', { Ext: { SlowStart: 'soon' } }, 'OUT_OF_RANGE Ext.SlowStart'],
    ['a slow start that is a number', { Ext: { SlowStart: 10 } }, 'WRONG_TYPE Ext.SlowStart'],
    ['null extras', { Ext: null }, record()],
    ['a weight that HAProxy has not', { Ext: { Weight: 257 } }, 'OUT_OF_RANGE Ext.Weight'],
    ['extras that are a list', { Ext: [] }, 'NOT_AN_OBJECT Ext'],
  ])('%s', (_name, overrides, result) => {
    expect(outcome(compact(overrides))).toEqual(result);
  });

  test('a text, or an object with more keys, than any record has is not looked at', () => {
    expect(outcome(' '.repeat(MAX_RECORD_BYTES + 1))).toBe('TOO_LONG ');
    expect(outcome(compact(Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`k${i}`, 0]))))).toBe(
      'NOT_AN_OBJECT ',
    );
  });

  test('what is told of it is short, whatever was sent', () => {
    const decoded = decodeService(compact({ Name: { deep: 'x'.repeat(9000) }, ID: `\n${'y'.repeat(9000)}` }));
    expect(decoded).toMatchObject({ ok: false, fault: { code: 'WRONG_TYPE', field: 'Name', seen: 'an object' } });
    if (!decoded.ok) expect(decoded.fault.of?.id).toHaveLength(255);
    const early = decodeService(compact({ Name: 7, Updated: 'soon' }));
    const of = [decodeService(compact({ Name: 7 })), early].map((one) => !one.ok && one.fault.of?.updated);
    expect(of).toEqual([record().updated, undefined]);
    const binary = decodeService(new Uint8Array(9000).fill(0xff));
    expect(!binary.ok && binary.fault.seen.length).toBeLessThan(100);
  });
});

describe('any record', () => {
  test('is the same after encoding and decoding', () => {
    fc.assert(
      fc.property(anyRecord(), (service) => {
        expect(outcome(recordText(service))).toEqual(service);
      }),
    );
  });

  test('shows its extras to agents only', () => {
    const service = record({ ext: { weight: 50, slowStartMs: 10_000 } });
    expect(recordText(service)).toBe(`${serviceText(service).slice(0, -1)},"Ext":{"Weight":50,"SlowStart":"10s"}}`);
    expect(recordText(record({ ext: { weight: 0 } }))).toMatch(/"Status":0,"Ext":\{"Weight":0\}\}$/);
    expect(serviceText(service)).toBe(serviceText(record()));
  });
});

describe('any bytes', () => {
  test('are a record or a fault, never an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(typeof decodeService(bytes).ok).toBe('boolean');
      }),
      { numRuns: 1000 },
    );
  });

  test('of JSON with any value in any place, too; and what passes can be encoded and read again', () => {
    const key = fc.constantFrom(
      'ID',
      'Name',
      'Image',
      'Created',
      'Hostname',
      'Ports',
      'Updated',
      'ProxyMode',
      'Status',
      'Ext',
    );
    const value = fc.oneof(fc.jsonValue(), fc.array(fc.record({ Port: fc.jsonValue(), IP: fc.ipV4() })), fc.integer());
    fc.assert(
      fc.property(fc.dictionary(key, value, { maxKeys: 4 }), (overrides) => {
        const decoded = decodeService(compact(overrides));
        if (decoded.ok) expect(outcome(recordText(decoded.value))).toEqual(decoded.value);
        else expect(decoded.fault.code).not.toBe('');
      }),
      { numRuns: 2000 },
    );
  });

  test('of a record with one byte changed, too', () => {
    const bytes = Buffer.from(recordText(record({ ext: { weight: 1 } })));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
        const mutated = Buffer.from(bytes);
        mutated[at] = byte;
        expect(typeof decodeService(mutated).ok).toBe('boolean');
      }),
      { numRuns: 1000 },
    );
  });
});
