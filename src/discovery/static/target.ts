import { createHash } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import type { Millis } from '../../lib/ports.js';
import { ok, refused, type Result } from '../../lib/result.js';
import type { CheckSpec, CheckTuning, DiscoveredService } from '../../service/discovered.js';
import { MAX_PORTS, refusalOf, type RefusalCode } from '../../service/refusal.js';
import type { Port } from '../../service/service.js';
import type { Timestamp } from '../../service/timestamp.js';
import {
  COUNT,
  durationIn,
  INTERVAL,
  integerIn,
  MAX_ARGS,
  SLOW_START,
  TIMEOUT,
  WEIGHT,
  wordsOf,
  type DurationRange,
  type IntegerRange,
} from '../ranges.js';
import { asObject, Fields, seen, type FieldFault } from './fields.js';

export interface TargetFacts {
  /** Node name of this host: the default of `Service.Hostname`. */
  readonly hostname: string;
  /** Stands for a port's `IP` that is not given or unspecified (`0.0.0.0`, `::`). */
  readonly publishedAddress: string;
  /** Who on this host already listens at a port: `the HTTP API of Sidecar`. */
  readonly ownPorts: ReadonlyMap<number, string>;
  readonly nowNs: Timestamp;
}

export type TargetFault = FieldFault<TargetFaultCode>;

type TargetFaultCode = RefusalCode | FieldCode | 'TARGET_NOT_AN_OBJECT' | 'SERVICE_PORT_IS_OURS';

type FieldCode =
  | 'SERVICE_NOT_AN_OBJECT'
  | 'NAME_NOT_TEXT'
  | 'IMAGE_NOT_TEXT'
  | 'HOSTNAME_NOT_TEXT'
  | 'PROXY_MODE_NOT_TEXT'
  | 'PORTS_NOT_AN_ARRAY'
  | 'PORT_NOT_AN_OBJECT'
  | 'TOO_MANY_PORTS'
  | 'PORT_TYPE_NOT_TEXT'
  | 'PORT_NOT_AN_INTEGER'
  | 'SERVICE_PORT_NOT_AN_INTEGER'
  | 'IP_NOT_TEXT'
  | 'CHECK_NOT_AN_OBJECT'
  | 'CHECK_TYPE_NOT_TEXT'
  | 'CHECK_ARGS_NOT_TEXT'
  | 'CHECK_ARGS_TOO_LONG'
  | 'RISE_INVALID'
  | 'FALL_INVALID'
  | 'INTERVAL_INVALID'
  | 'TIMEOUT_INVALID'
  | 'LISTEN_PORT_INVALID'
  | 'WEIGHT_INVALID'
  | 'SLOW_START_INVALID';

const PORTS_FAULTS = {
  code: 'PORTS_NOT_AN_ARRAY',
  elementCode: 'PORT_NOT_AN_OBJECT',
  tooManyCode: 'TOO_MANY_PORTS',
} as const;

/** A target's service, and what tells it from others on this host: two targets may share it. */
export interface Target {
  readonly identity: string;
  readonly service: DiscoveredService;
}

/**
 * Reads one element of the file. `ID`, `Status`, `Created` and `Updated` are ignored whatever they hold, since the agent
 * sets them. Check tuning (`HealthCheckRise` …) stands in `Check`, or beside it as in labels; `Check` wins. In the same way
 * `Weight` and `SlowStart` stand in `Service`, or beside it.
 *
 * @returns the service with the id of the first of its identity, or the first thing wrong with it
 */
export function parseTarget(value: unknown, facts: TargetFacts): Result<Target, TargetFault> {
  const members = asObject(value);
  if (!members) return refuse('TARGET_NOT_AN_OBJECT', '', seen(value), 'an object with Service and Check');
  const faults: FieldFault<FieldCode>[] = [];
  const target = new Fields(members, '', faults);
  const service = target.object('Service', 'SERVICE_NOT_AN_OBJECT');
  const check = target.object('Check', 'CHECK_NOT_AN_OBJECT');

  const name = service.text('Name', 'NAME_NOT_TEXT');
  const hostname = service.text('Hostname', 'HOSTNAME_NOT_TEXT') || facts.hostname;
  const written = service.objects('Ports', PORTS_FAULTS, MAX_PORTS)?.map(portOf) ?? null;
  // Of the ports as written: a new published address does not make another instance.
  const identity = JSON.stringify([hostname, name, written?.map((p) => [p.type, p.port, p.servicePort, p.ip]) ?? null]);
  const found: DiscoveredService = {
    id: instanceId(identity, 0),
    name,
    image: service.text('Image', 'IMAGE_NOT_TEXT'),
    created: facts.nowNs,
    hostname,
    ports: written?.map((port) => ({ ...port, ip: isGiven(port.ip) ? port.ip : facts.publishedAddress })) ?? null,
    proxyMode: service.text('ProxyMode', 'PROXY_MODE_NOT_TEXT') || 'http',
    check: checkOf(check),
    tuning: { ...tuningOf(target), ...tuningOf(check) },
    ...shareOf(target),
    ...shareOf(service),
    listenPort:
      target.parsed('ListenPort', 'LISTEN_PORT_INVALID', 'an integer, at most 65535', listenPort) || undefined,
  };

  const [fault] = faults;
  if (fault) return refused(fault);
  const refusal = refusalOf(found, true);
  if (refusal) return refused({ ...refusal, field: `Service.${refusal.field}` });
  return ownPortFault(found, facts.ownPorts) ?? ok({ identity, service: found });
}

/** 12 hex digits, the same for the same instance in every life of the agent. `ordinal` counts those of one identity from 0. */
export function instanceId(identity: string, ordinal: number): string {
  return createHash('sha256').update(`${identity}#${ordinal}`).digest('hex').slice(0, 12);
}

function portOf(port: Fields<FieldCode>): Port {
  return {
    type: port.text('Type', 'PORT_TYPE_NOT_TEXT'),
    port: port.integer('Port', 'PORT_NOT_AN_INTEGER'),
    servicePort: port.integer('ServicePort', 'SERVICE_PORT_NOT_AN_INTEGER'),
    ip: port.text('IP', 'IP_NOT_TEXT'),
  };
}

/** An unspecified address says where the service listens, not where it can be reached. */
const UNSPECIFIED = new BlockList();
UNSPECIFIED.addAddress('0.0.0.0');
UNSPECIFIED.addAddress('::', 'ipv6');

function isGiven(ip: string): boolean {
  const version = isIP(ip);
  return version === 0 ? ip !== '' : !UNSPECIFIED.check(ip, version === 6 ? 'ipv6' : 'ipv4');
}

function checkOf(check: Fields<FieldCode>): CheckSpec | undefined {
  const type = check.text('Type', 'CHECK_TYPE_NOT_TEXT');
  const args = check.text('Args', 'CHECK_ARGS_NOT_TEXT');
  check.parsed(
    'Args',
    'CHECK_ARGS_TOO_LONG',
    `at most ${MAX_ARGS} characters`,
    () => args.length <= MAX_ARGS || undefined,
  );
  return type === '' ? undefined : { type, args };
}

function tuningOf(fields: Fields<FieldCode>): CheckTuning {
  const rise = fields.parsed('HealthCheckRise', 'RISE_INVALID', wordsOf(COUNT), integer(COUNT));
  const fall = fields.parsed('HealthCheckFall', 'FALL_INVALID', wordsOf(COUNT), integer(COUNT));
  const intervalMs = fields.parsed('HealthCheckInterval', 'INTERVAL_INVALID', INTERVAL.words, duration(INTERVAL));
  const timeoutMs = fields.parsed('HealthCheckTimeout', 'TIMEOUT_INVALID', TIMEOUT.words, duration(TIMEOUT));
  return {
    ...(rise === undefined ? {} : { rise }),
    ...(fall === undefined ? {} : { fall }),
    ...(intervalMs === undefined ? {} : { intervalMs }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}

/** How much of the requests the instance wants. */
function shareOf(fields: Fields<FieldCode>): Pick<DiscoveredService, 'weight' | 'slowStartMs'> {
  const weight = fields.parsed('Weight', 'WEIGHT_INVALID', wordsOf(WEIGHT), integer(WEIGHT));
  const slowStartMs = fields.parsed('SlowStart', 'SLOW_START_INVALID', SLOW_START.words, duration(SLOW_START));
  return {
    ...(weight === undefined ? {} : { weight }),
    ...(slowStartMs === undefined ? {} : { slowStartMs: Math.round(slowStartMs) }),
  };
}

const integer =
  (range: IntegerRange) =>
  (value: unknown): number | undefined =>
    typeof value === 'number' ? integerIn(value, range) : undefined;

const duration =
  (range: DurationRange) =>
  (value: unknown): Millis | undefined =>
    typeof value === 'string' ? durationIn(value, range) : undefined;

/** Zero and below mean that the target does not listen. */
const listenPort = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value <= 65_535 ? Math.max(0, value) : undefined;

function ownPortFault(
  { ports }: DiscoveredService,
  own: TargetFacts['ownPorts'],
): Result<never, TargetFault> | undefined {
  for (const [i, { servicePort }] of (ports ?? []).entries()) {
    const owner = own.get(servicePort);
    if (owner === undefined) continue;
    return refuse(
      'SERVICE_PORT_IS_OURS',
      `Service.Ports[${i}].ServicePort`,
      `${servicePort}, which belongs to ${owner}`,
      'a free port',
    );
  }
  return undefined;
}

function refuse(code: TargetFaultCode, field: string, value: string, expected: string): Result<never, TargetFault> {
  return refused({ code, field, seen: value, expected });
}
