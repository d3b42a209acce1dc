import { isIPv6 } from 'node:net';
import type { Millis } from '../lib/ports.js';
import type { DiscoveredService } from '../service/discovered.js';
import { printable } from '../lib/printable.js';
import { expandArgs, inUrl } from './check-args.js';
import type { CheckTiming } from './check-progress.js';

export interface CheckDefaults {
  /** Address of this node: `{{ host }}`, and where default checks go. */
  readonly publishedAddress: string;
  /** Path of the default check, `/` when empty. */
  readonly defaultCheckEndpoint: string;
  readonly checkIntervalMs: Millis;
  /** 3 s when not given. */
  readonly defaultTimeoutMs?: Millis;
}

/** What a run does. `known` needs no run: its result cannot change. */
export type CheckMethod =
  | { readonly kind: 'http'; readonly url: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'command'; readonly script: string }
  | { readonly kind: 'known'; readonly passes: boolean; readonly why: string };

export const PLAN_FAULTS = ['CHECK_TYPE_UNKNOWN', 'ARGS_NOT_UNDERSTOOD', 'SERVICE_PORT_NOT_FOUND'] as const;

export interface PlanFault {
  readonly code: (typeof PLAN_FAULTS)[number];
  readonly message: string;
}

export interface CheckPlan {
  readonly method: CheckMethod;
  readonly timing: CheckTiming;
  /** What an operator should know although the check runs. */
  readonly faults: readonly PlanFault[];
}

const TIMEOUT_MS: Millis = 3_000;
/** External commands cost a process each: never more often than this unless the instance asks for it. */
const EXTERNAL_INTERVAL_MS: Millis = 3_000;

/** Decides how an instance is checked (contract section 5): by what its source knows, else its own check, else the default one for its ports. */
export function planCheck(service: DiscoveredService, defaults: CheckDefaults): CheckPlan {
  const { method, faults } = methodOf(service, defaults);
  const {
    rise: wanted = 1,
    fall = 1,
    timeoutMs = defaults.defaultTimeoutMs ?? TIMEOUT_MS,
    intervalMs,
  } = service.tuning;
  const rise = method.kind === 'known' ? 1 : wanted; // there is no second run to wait for
  const usualMs =
    method.kind === 'command' ? Math.max(EXTERNAL_INTERVAL_MS, defaults.checkIntervalMs) : defaults.checkIntervalMs;
  return { method, faults, timing: { rise, fall, timeoutMs, intervalMs: intervalMs ?? usualMs } };
}

function methodOf(service: DiscoveredService, defaults: CheckDefaults): Pick<CheckPlan, 'method' | 'faults'> {
  const { check, observed } = service;
  if (observed) return { method: { kind: 'known', passes: observed.isHealthy, why: observed.why }, faults: [] };
  if (!check) return { method: defaultMethod(service, defaults), faults: [] };
  const expanded = (bracketed: boolean) =>
    expandArgs(check.args, { service, host: defaults.publishedAddress, bracketed });
  switch (check.type) {
    case 'AlwaysSuccessful':
      return { method: { kind: 'known', passes: true, why: 'always successful' }, faults: [] };
    case 'External': {
      const { text, faults } = expanded(false);
      return { method: { kind: 'command', script: text }, faults };
    }
    case 'Tcp': {
      const { text, faults } = expanded(true);
      return { method: tcpMethod(text.trim(), service), faults };
    }
    default: {
      const { text, faults } = expanded(true);
      const method = httpMethod(text.trim());
      if (check.type === 'HttpGet') return { method, faults };
      const message = `its check type ${printable(check.type)} is unknown and treated as HttpGet`;
      return { method, faults: [{ code: 'CHECK_TYPE_UNKNOWN', message }, ...faults] };
    }
  }
}

/** HttpGet on the first tcp port; an instance without one counts as healthy. */
function defaultMethod({ ports }: DiscoveredService, defaults: CheckDefaults): CheckMethod {
  const port = ports?.find(({ type }) => type === 'tcp');
  if (!port) return { kind: 'known', passes: true, why: 'it has no check and no tcp port' };
  const path = defaults.defaultCheckEndpoint || '/';
  return httpMethod(`http://${inUrl(defaults.publishedAddress)}:${port.port}${path}`);
}

function httpMethod(url: string): CheckMethod {
  if (URL.canParse(url)) return { kind: 'http', url };
  return { kind: 'known', passes: false, why: `${printable(url)} is not a URL` };
}

function tcpMethod(args: string, { ports }: DiscoveredService): CheckMethod {
  if (args === '') {
    const first = ports?.find(({ type }) => type === 'tcp');
    if (first) return { kind: 'tcp', host: first.ip, port: first.port };
    return { kind: 'known', passes: false, why: 'it has no tcp port to connect to' };
  }
  const [, v6 = '', name = '', digits = ''] = /^(?:\[([^\]]+)\]|([^\s:[\]/]+)):(\d{1,5})$/.exec(args) ?? [];
  const port = Number(digits);
  if (port >= 1 && port <= 65_535 && (v6 === '' || isIPv6(v6))) return { kind: 'tcp', host: v6 || name, port };
  return { kind: 'known', passes: false, why: `${printable(args)} is not host:port` };
}
