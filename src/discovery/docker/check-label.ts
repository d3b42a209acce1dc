import { printable } from '../../lib/printable.js';
import type { CheckSpec, CheckTuning, ObservedHealth } from '../../service/discovered.js';
import { COUNT, INTERVAL, MAX_ARGS, TIMEOUT } from '../ranges.js';
import type { Container } from './container.js';
import type { Labels } from './labels.js';

const TYPE = 'HealthCheck';
const ARGS = 'HealthCheckArgs';
const TYPES = ['HttpGet', 'External', 'AlwaysSuccessful', 'Tcp'];

/**
 * The check that the labels name (contract section 3.5). An unknown type behaves as HttpGet; arguments without a type are ignored.
 *
 * @returns undefined when they name none
 */
export function checkOf(labels: Labels): CheckSpec | undefined {
  const type = labels.get(TYPE) ?? '';
  if (type === '') {
    const args = labels.get(ARGS) ?? '';
    if (args !== '')
      labels.complain({
        code: 'LABEL_INVALID',
        label: ARGS,
        value: printable(args),
        expected: `a label ${TYPE} beside it`,
      });
    return undefined;
  }
  const args = labels.get(ARGS) === undefined ? '' : labels.parsed(ARGS, `at most ${MAX_ARGS} characters`, argsIn);
  if (args === undefined) return undefined;
  const known = labels.parsed(TYPE, TYPES.join(', '), (text) => TYPES.find((one) => one === text));
  return { type: known ?? 'HttpGet', args };
}

const argsIn = (text: string): string | undefined => (text.length <= MAX_ARGS ? text : undefined);

/** How often it is checked, and how many results count. */
export function tuningOf(labels: Labels): CheckTuning {
  const rise = labels.integer('HealthCheckRise', COUNT);
  const fall = labels.integer('HealthCheckFall', COUNT);
  const intervalMs = labels.duration('HealthCheckInterval', INTERVAL);
  const timeoutMs = labels.duration('HealthCheckTimeout', TIMEOUT);
  return {
    ...(rise === undefined ? {} : { rise }),
    ...(fall === undefined ? {} : { fall }),
    ...(intervalMs === undefined ? {} : { intervalMs }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}

/**
 * A paused container answers nothing, whatever its check. Otherwise Docker's own HEALTHCHECK counts, if `countsDockers` says so
 * and there is one.
 *
 * @returns undefined when it takes a check to know
 */
export function observedHealth(
  { state, health }: Pick<Container, 'state' | 'health'>,
  countsDockers: boolean,
): ObservedHealth | undefined {
  if (state === 'paused') return { isHealthy: false, why: 'its container is paused' };
  if (!countsDockers || health === 'none') return undefined;
  return { isHealthy: health === 'healthy', why: DOCKER_SAYS[health] };
}

const DOCKER_SAYS = {
  starting: 'its HEALTHCHECK has not passed yet, says Docker',
  healthy: 'its HEALTHCHECK passes, says Docker',
  unhealthy: 'its HEALTHCHECK fails, says Docker',
} as const;
