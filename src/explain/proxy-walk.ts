import type { Code } from './codes.js';
import type { ProxyFacts, ServerFacts, ServerStates, TraceFacts } from './facts.js';
import { done, stopped, unknown, waiting, type Facts, type Step } from './step.js';

/** What the room that drives HAProxy knows of one instance. */
export interface Proxying {
  /** Undefined: the asked agent leaves HAProxy alone. */
  readonly proxy: ProxyFacts | undefined;
  readonly trace: TraceFacts;
  readonly states: ServerStates;
}

/** From the catalog into HAProxy, and what HAProxy does with it. */
export function proxyWalk({ proxy, trace, states }: Proxying): readonly Step[] {
  if (!proxy) return [stopped('rendered', 'PROXY_DISABLED', 'the asked agent leaves HAProxy alone')];
  return [renderedStep(proxy, trace), haproxyStep(proxy, trace, states)];
}

/** What the model of the configuration leaves out, by its finding. */
const LEFT_OUT: Readonly<Record<string, Code>> = {
  NAME_EMPTY: 'BAD_VALUE',
  PROXY_MODE_UNKNOWN: 'BAD_MODE',
  ADDRESS_UNUSABLE: 'BAD_ADDRESS',
  PORT_ZERO: 'BAD_ADDRESS',
  SERVER_NAME_TAKEN: 'SERVER_NAME_TAKEN',
  SERVER_IS_FRONTEND: 'SERVER_IS_FRONTEND',
  HOSTNAME_UNRESOLVED: 'HOSTNAME_UNRESOLVED',
  SERVICE_SET_ASIDE: 'SET_ASIDE',
  SERVICE_PORT_RESERVED: 'PORT_RESERVED',
  SERVICE_PORT_TAKEN: 'PORT_TAKEN',
  SERVICE_PORT_UNAVAILABLE: 'PORT_HELD',
  PROXY_NAME_TAKEN: 'PROXY_NAME_TAKEN',
};

function renderedStep(proxy: ProxyFacts, { drafted, leftOut, servers }: TraceFacts): Step {
  const facts: Facts = {
    servicePorts: drafted.map(({ servicePort, weight }) => `${servicePort} weight ${weight}`),
    leftOut: leftOut.map(({ code, message }) => `${code}: ${message}`),
  };
  const [finding] = leftOut;
  if (drafted.length === 0 && finding)
    return stopped('rendered', LEFT_OUT[finding.code] ?? 'BAD_VALUE', finding.message, facts);
  if (drafted.length > 0 && drafted.every(({ weight }) => weight === 0))
    return stopped('rendered', 'WEIGHT_ZERO', 'it has weight 0: no new requests', facts);
  if (servers.length === 0) {
    const { fault } = proxy;
    if (fault?.code.startsWith('TEMPLATE_')) return stopped('rendered', 'TEMPLATE_BROKEN', fault.message, facts);
    if (fault && REJECTED.has(fault.code)) return stopped('rendered', 'CONFIG_REJECTED', fault.message, facts);
    if (drafted.length > 0 && proxy.isRunning && !proxy.isBehind)
      return stopped('rendered', 'NOT_IN_TEMPLATE', 'the configuration has no server for it', facts);
    const text = 'no configuration has been made with it yet';
    if (drafted.length === 0 && proxy.isRunning) return waiting('rendered', 'HAPROXY_BEHIND', text, facts);
    if (drafted.length === 0) return unknown('rendered', text, facts);
  }
  if (drafted.length === 0) return done('rendered', 'the configuration that HAProxy runs still has it', facts);
  const at = drafted.map(({ servicePort }) => servicePort).join(', ');
  const but = finding ? `, but ${finding.message}` : '';
  return done('rendered', `the configuration offers it at ServicePort ${at}${but}`, facts);
}

const REJECTED: ReadonlySet<string> = new Set(['CONFIG_REJECTED', 'CONFIG_WITHOUT_LISTENER', 'BIND_UNAVAILABLE']);

function haproxyStep(
  { isRunning, isBehind, fault }: ProxyFacts,
  { servers, hasStatsSocket }: TraceFacts,
  states: ServerStates,
): Step {
  const because = fault === undefined ? '' : `: ${fault.message}`;
  if (!isRunning) return stopped('haproxy', 'HAPROXY_DOWN', `no HAProxy of this agent runs${because}`);
  const places = servers.map(({ backend, server }) => `${backend}/${server}`);
  const named = places.join(', ');
  if (servers.length === 0) {
    const text = `HAProxy ${isBehind ? 'does not have the newest state yet' : 'does not have it'}${because}`;
    return waiting('haproxy', 'HAPROXY_BEHIND', text);
  }
  if (states.kind === 'unasked' || !hasStatsSocket)
    return unknown('haproxy', `HAProxy has it as ${named}, and has no stats socket to ask for its state`, { places });
  if (states.kind === 'silent')
    return stopped('haproxy', 'RUNTIME_API_SILENT', `HAProxy does not answer on its stats socket: ${states.why}`, {
      places,
    });
  const seen = servers.flatMap((place) => states.servers.filter((server) => isAt(server, place)));
  const facts: Facts = { places, states: seen.map(wordsOf) };
  const [first] = seen;
  if (!first) return waiting('haproxy', 'SERVER_MISSING', `HAProxy lacks ${named}`, facts);
  const good = seen.filter((server) => codeOf(server) === undefined);
  if (good.length > 0) return done('haproxy', `HAProxy has ${good.map(wordsOf).join(', ')}`, facts);
  return stopped('haproxy', codeOf(first) ?? 'SERVER_DOWN', `HAProxy has ${seen.map(wordsOf).join(', ')}`, facts);
}

const isAt = (seen: ServerFacts, place: { readonly backend: string; readonly server: string }): boolean =>
  seen.backend === place.backend && seen.server === place.server;

function wordsOf({ backend, server, status, check }: ServerFacts): string {
  return `${backend}/${server}: ${status}${check === '' ? '' : ` (${check})`}`;
}

/** HAProxy's status words begin alike, whatever follows: `MAINT (via be/srv)`, `DOWN 1/2`. HAProxy management guide, section 9.1. */
function codeOf({ status }: ServerFacts): Code | undefined {
  if (status.startsWith('MAINT')) return 'SERVER_MAINTENANCE';
  if (status.startsWith('DRAIN') || status.startsWith('NOLB')) return 'SERVER_DRAINS';
  return status.startsWith('DOWN') ? 'SERVER_DOWN' : undefined;
}
