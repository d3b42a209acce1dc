import { expect, test } from '@jest/globals';
import { declareConvergenceFigures, type ConvergenceNumbers } from '../../src/metrics/convergence-figures.js';
import { MetricsRegistry } from '../../src/metrics/registry.js';
import { samplesIn } from './exposition.js';

const NUMBERS: ConvergenceNumbers = {
  delayMs: { p50: 21, p99: 90, last: 30 },
  waiting: 1,
  hostsByState: { level: 2, behind: 1 },
  behindMs: 7_500,
  contestedPorts: 3,
  counters: { matched: 9, untold: 2, dropped: 4, announcements: 5 },
};

async function figuresOf(numbers: ConvergenceNumbers): Promise<Readonly<Record<string, number>>> {
  const registry = new MetricsRegistry();
  declareConvergenceFigures(registry, () => numbers);
  return samplesIn(await registry.text());
}

test('every number of convergence is a figure of its own, in seconds', async () => {
  expect(await figuresOf(NUMBERS)).toEqual({
    'sidecar_convergence_delay_seconds{of="p50"}': 0.021,
    'sidecar_convergence_delay_seconds{of="p99"}': 0.09,
    'sidecar_convergence_delay_seconds{of="last"}': 0.03,
    sidecar_convergence_waiting_changes: 1,
    'sidecar_convergence_changes_total{outcome="matched"}': 9,
    'sidecar_convergence_changes_total{outcome="untold"}': 2,
    'sidecar_convergence_changes_total{outcome="dropped"}': 4,
    'sidecar_convergence_hosts{state="level"}': 2,
    'sidecar_convergence_hosts{state="behind"}': 1,
    sidecar_convergence_behind_max_seconds: 7.5,
    sidecar_convergence_contested_ports: 3,
    sidecar_convergence_announcements_total: 5,
  });
});

test('while no change came to every proxy there is no delay, instead of one of 0', async () => {
  const none = { p50: undefined, p99: undefined, last: undefined };
  const names = Object.keys(await figuresOf({ ...NUMBERS, delayMs: none }));
  expect(names.filter((name) => name.startsWith('sidecar_convergence_delay'))).toEqual([]);
});
