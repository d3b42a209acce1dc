import { lanOf } from './options.js';
import type { Scenario } from './simulate.js';

/** A tenth of the packets is lost, and all that can go wrong does. */
export function storm(machines: number): Scenario {
  const share = machines / 100;
  return {
    world: lanOf(machines, 0.1),
    troubles: { crashes: 20 * share, stops: 10 * share, maxStopMs: 15_000, cuts: 3, changes: 40 * share },
    mayMisjudge: true,
  };
}

/** No packet is lost and no link is down; agents come and go, and some are stopped for up to 4 s. */
export function fairWeather(machines: number): Scenario {
  const share = machines / 100;
  return {
    world: lanOf(machines, 0),
    troubles: { crashes: 20 * share, stops: 10 * share, maxStopMs: 4_000, cuts: 0, changes: 40 * share },
    mayMisjudge: false,
  };
}
