import { describe, expect, test } from '@jest/globals';
import { MAX_LABEL_VALUES, MetricsRegistry, type Figure } from '../../src/metrics/registry.js';
import { readExposition, samplesIn } from './exposition.js';

interface Kitchen {
  readonly cooks: number | undefined;
  readonly served: Readonly<Record<string, number>>;
}

const KITCHEN: readonly Figure<Kitchen>[] = [
  { type: 'gauge', name: 'cooks', help: 'Cooks at work.', value: ({ cooks }) => cooks },
  { type: 'counter', name: 'served_total', help: 'Dishes.', label: 'dish', values: ({ served }) => served },
];

describe('the registry', () => {
  test('reads its facts when it is asked, once for all figures of them', async () => {
    const registry = new MetricsRegistry();
    let reads = 0;
    registry.declare(() => ({ cooks: (reads += 1), served: { soup: 10 * reads } }), KITCHEN);
    expect(reads).toBe(0);
    expect(samplesIn(await registry.text())).toEqual({ cooks: 1, 'served_total{dish="soup"}': 10 });
    expect(samplesIn(await registry.text())).toEqual({ cooks: 2, 'served_total{dish="soup"}': 20 });
    expect(registry.contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  test('tells nothing of what is not known, nor of what is no longer there', async () => {
    const registry = new MetricsRegistry();
    const facts: (Kitchen | undefined)[] = [
      { cooks: 1, served: { soup: 1, pie: 2 } },
      { cooks: undefined, served: { pie: 2 } },
    ];
    registry.declare(() => facts.shift(), KITCHEN);
    await registry.text();
    expect(samplesIn(await registry.text())).toEqual({ 'served_total{dish="pie"}': 2 });
    const nothing = await registry.text();
    expect(samplesIn(nothing)).toEqual({});
    expect([...readExposition(nothing)].map(([name, { type }]) => [name, type])).toEqual([
      ['cooks', 'gauge'],
      ['served_total', 'counter'],
    ]);
  });

  test('adds up the values of a label beyond its bound, so that no figure grows without end', async () => {
    const registry = new MetricsRegistry();
    let served: Record<string, number> = Object.fromEntries(
      Array.from({ length: MAX_LABEL_VALUES + 3 }, (_, i) => [`dish-${i}`, 2]),
    );
    registry.declare(() => ({ cooks: 1, served }), KITCHEN);
    const first = samplesIn(await registry.text());
    expect(Object.keys(first)).toHaveLength(MAX_LABEL_VALUES + 2);
    expect(first['served_total{dish="other"}']).toBe(6);
    served = { 'dish-60': 5, 'dish-0': 7 };
    expect(samplesIn(await registry.text())).toEqual({
      cooks: 1,
      'served_total{dish="dish-0"}': 7,
      'served_total{dish="other"}': 5,
    });
  });

  test('writes labels so that no value can end them', async () => {
    const registry = new MetricsRegistry();
    registry.declare(() => ({ cooks: 1, served: { 'a"\\\n} 1': 3 } }), KITCHEN);
    expect(samplesIn(await registry.text())['served_total{dish="a\\"\\\\\\n} 1"}']).toBe(3);
  });

  test('counts observations in the buckets that hold them', async () => {
    const registry = new MetricsRegistry();
    const took = registry.histogram({ name: 'wait_seconds', help: 'Waiting.', buckets: [0.1, 1] });
    for (const seconds of [0.1, 0.5, 2]) took(seconds);
    expect(samplesIn(await registry.text())).toEqual({
      'wait_seconds_bucket{le="0.1"}': 1,
      'wait_seconds_bucket{le="1"}': 2,
      'wait_seconds_bucket{le="+Inf"}': 3,
      wait_seconds_sum: 2.6,
      wait_seconds_count: 3,
    });
  });

  test('takes no name twice', () => {
    const registry = new MetricsRegistry();
    registry.declare(() => undefined, KITCHEN);
    expect(() => registry.declare(() => undefined, KITCHEN)).toThrow('cooks has already been registered');
  });

  test('tells of the process under the usual names, in a form that a strict reader takes', async () => {
    const registry = new MetricsRegistry();
    registry.declareProcess();
    const families = readExposition(await registry.text());
    expect([...families.keys()]).toEqual(
      expect.arrayContaining(['process_cpu_seconds_total', 'process_resident_memory_bytes', 'process_open_fds']),
    );
    expect(
      families.get('process_resident_memory_bytes')?.samples.get('process_resident_memory_bytes')?.value,
    ).toBeGreaterThan(0);
  });
});
