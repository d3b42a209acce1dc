import { readFileSync } from 'node:fs';
import { request, type RequestListener } from 'node:http';
import { connect } from 'node:net';
import type { CatalogReader, CatalogSnapshot, MembersReader, ServerEntry } from '../../src/catalog/reader.js';
import { createHttpApp, type HttpAppDeps } from '../../src/http/app.js';
import { ClusterRelay } from '../../src/http/cluster-relay.js';
import { EventFeed } from '../../src/http/event-feed.js';
import { UnsentBodies } from '../../src/http/unsent-bodies.js';
import { CatalogViews } from '../../src/http/views.js';
import { Watchers } from '../../src/http/watchers.js';
import { Journal } from '../../src/journal/journal.js';
import type { Facts, Logger } from '../../src/lib/logger.js';
import { MetricsRegistry } from '../../src/metrics/registry.js';
import { systemClock } from '../../src/platform/clock.js';
import { HttpServer } from '../../src/platform/http-server.js';
import { streamHttp } from '../../src/platform/http-stream.js';
import type { Port, Service } from '../../src/service/service.js';
import { parseTimestamp, type Timestamp } from '../../src/service/timestamp.js';
import { record } from '../support/records.js';
import { FakeClock } from '../support/time.js';

const API = new URL('../fixtures/contract/api/', import.meta.url);

export interface Answer {
  readonly status: number;
  /** Names as they came over the wire. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface Exchange {
  readonly method: string;
  /** As it stands in the request line. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly answer: Answer;
}

/** A captured answer file as text. */
export const fixture = (name: string): string => readFileSync(new URL(name, API), 'utf8');

/** The exchanges of a `curl -i` capture; one that does not show its command was a GET of `target`. */
export function captured(name: string, target = '/'): readonly Exchange[] {
  return fixture(name)
    .split(/^\$ (?=curl )/m)
    .filter((part) => part !== '')
    .map((part) => {
      const [, command = '', rest = ''] = /^(?:(curl .*)\n)?([^]*)$/.exec(part) ?? [];
      const header = /-H ([\w-]+): (\S+)/.exec(command);
      const method = command.includes(' -I ') ? 'HEAD' : (/-X (\w+)/.exec(command)?.[1] ?? 'GET');
      const answer = answerOf(rest);
      return {
        method,
        target: /http:\/\/10\.79\.0\.[12]:777[78](\/\S*)/.exec(command)?.[1] ?? target,
        headers: header ? { [header[1] ?? '']: header[2] ?? '' } : {},
        answer: method === 'HEAD' ? { ...answer, body: '' } : answer,
      };
    });
}

/** Its body ends where Content-Length says: the newlines that the capture adds are not part of it. */
function answerOf(text: string): Answer {
  const [head = '', body = ''] = text.split(/\r\n\r\n([^]*)/);
  const [statusLine = '', ...headerLines] = head.split('\r\n');
  const headers = new Map(headerLines.map((line) => line.split(': ', 2) as [string, string]));
  const length = Number(headers.get('Content-Length') ?? 0);
  return { status: Number(statusLine.split(' ')[1]), headers, body: Buffer.from(body).subarray(0, length).toString() };
}

/** What must be equal: all but the date and the two headers that Node adds about the connection. */
export function comparable({ status, headers, body }: Answer): unknown {
  const changing = new Set(['Date', 'Connection', 'Keep-Alive']);
  return { status, headers: Object.fromEntries([...headers].filter(([name]) => !changing.has(name))), body };
}

export function time(text: string): Timestamp {
  const parsed = parseTimestamp(text);
  if (!parsed.ok) throw new Error(`not a time: ${text}`);
  return parsed.value;
}

/** A record as the captures hold it. */
interface Wire {
  readonly ID: string;
  readonly Name: string;
  readonly Image: string;
  readonly Created: string;
  readonly Hostname: string;
  readonly Ports: readonly { Type: string; Port: number; ServicePort: number; IP: string }[] | null;
  readonly Updated: string;
  readonly ProxyMode: string;
  readonly Status: number;
}

interface WireServices {
  readonly Services: Readonly<Record<string, readonly Wire[]>>;
  readonly ClusterMembers?: Readonly<Record<string, unknown>>;
  readonly ClusterName: string;
}

interface WireState {
  readonly Servers: Readonly<
    Record<string, { Name: string; Services: Record<string, Wire>; LastUpdated: string; LastChanged: string }>
  >;
  readonly LastChanged: string;
  readonly ClusterName: string;
  readonly Hostname: string;
}

const recordOf = (wire: Wire): Service => ({
  id: wire.ID,
  name: wire.Name,
  image: wire.Image,
  created: time(wire.Created),
  hostname: wire.Hostname,
  ports: wire.Ports?.map((p): Port => ({ type: p.Type, port: p.Port, servicePort: p.ServicePort, ip: p.IP })) ?? null,
  updated: time(wire.Updated),
  proxyMode: wire.ProxyMode,
  status: wire.Status,
});

/** A catalog, and its members, that a captured body of `/state.json`, `/services.json` or `/services/NAME.json` can come from. */
export function worldOf(body: string): { readonly catalog: FakeCatalog; readonly members: MembersReader } {
  const wire = JSON.parse(body) as WireState | WireServices;
  if ('Servers' in wire) return { catalog: new FakeCatalog(snapshotOfState(wire)), members: { alive: () => [] } };
  const services = Object.values(wire.Services).flat().map(recordOf);
  return {
    catalog: new FakeCatalog(snapshotOf(services, { clusterName: wire.ClusterName })),
    members: { alive: () => Object.keys(wire.ClusterMembers ?? {}).reverse() },
  };
}

function snapshotOfState(state: WireState): CatalogSnapshot {
  const servers = Object.entries(state.Servers).map(([host, server]): [string, ServerEntry] => [
    host,
    {
      name: server.Name,
      services: new Map(Object.entries(server.Services).map(([id, wire]) => [id, recordOf(wire)])),
      lastUpdated: time(server.LastUpdated),
      lastChanged: time(server.LastChanged),
    },
  ]);
  const facts = { clusterName: state.ClusterName, hostname: state.Hostname, lastChanged: time(state.LastChanged) };
  return snapshotOf([], { ...facts, servers: new Map(servers) });
}

export function snapshotOf(services: readonly Service[], facts: Partial<CatalogSnapshot> = {}): CatalogSnapshot {
  const servers = new Map<string, ServerEntry>();
  for (const service of services) {
    const known = servers.get(service.hostname);
    const lastUpdated = known && known.lastUpdated > service.updated ? known.lastUpdated : service.updated;
    servers.set(service.hostname, {
      name: service.hostname,
      services: new Map([...(known?.services ?? []), [service.id, service]]),
      lastUpdated,
      lastChanged: lastUpdated,
    });
  }
  return { version: 1, contentVersion: 1, clusterName: 'test', hostname: 'h1', lastChanged: 0n, servers, ...facts };
}

export const service = (facts: Partial<Service>): Service =>
  record({ image: 'web:1', updated: time('2026-11-22T11:10:00Z'), ...facts });

/** A catalog that a test changes by assigning `current`. */
export class FakeCatalog implements CatalogReader {
  constructor(public current: CatalogSnapshot) {}
  snapshot = (): CatalogSnapshot => this.current;
  onChange = (): (() => void) => () => undefined;
}

export const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

/** A logger that keeps what it is told, as `level message {facts}`; of an error in the facts nothing. */
export function listening(lines: string[]): Logger {
  const at =
    (level: string) =>
    (message: string, facts: Facts = {}): void =>
      void lines.push(`${level} ${message} ${JSON.stringify({ ...facts, error: undefined })}`);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child: () => listening(lines) };
}

const STANDING = { name: 'h1', viewHash: undefined, state: 'silent', isBehind: false, behindMs: undefined } as const;
const NOBODY_CONVERGES = {
  self: { ...STANDING, wasSlowest: 0 },
  delays: { p50Ms: undefined, p99Ms: undefined, lastMs: undefined, changes: 0, waiting: 0 },
  hosts: [],
  contested: [],
};

/** One instance that its check stops. */
export const explanationOf = (service: string, which: string | null): object => {
  const verdict = { code: 'CHECK_FAILED', sentence: `${service} on h1: its check failed`, advice: 'mend it' };
  const facts = { output: 'no', endedAgoMs: undefined, since: time('2026-11-22T11:10:15Z') };
  const steps = [{ step: 'checked', state: 'stopped', text: 'its check failed', facts, code: verdict.code }];
  const instance = { host: 'h1', id: 'a', verdict, asked: { state: 'self', text: 'it answers' }, steps };
  return { service, which, host: 'h1', verdict, instances: [instance], omitted: 0 };
};

export const appWith = (facts: Partial<HttpAppDeps> = {}): RequestListener => createHttpApp(depsWith(facts));

/** Of an agent that knows nothing, but for what `facts` says. */
export function depsWith(facts: Partial<HttpAppDeps> = {}): HttpAppDeps {
  const { catalog = new FakeCatalog(snapshotOf([])), members = { alive: () => [] } } = facts;
  const views = new CatalogViews({ catalog, members });
  const unsent = new UnsentBodies();
  const wall = { nowNs: () => time('2026-11-22T11:10:15.990143554Z') };
  const history = new Journal({ size: 100 }, { catalog, wall, surroundings: () => ({ template: 't', settings: 's' }) });
  history.open([], 1);
  return {
    catalog,
    members,
    views,
    watchers: new Watchers({ fileLimit: undefined }, { catalog, views, unsent, clock: new FakeClock() }),
    unsent,
    cluster: { members: () => [] },
    relay: new ClusterRelay({ own: 'test', clusters: [] }, { ask: streamHttp, clock: systemClock }),
    memberViews: {
      look: () => Promise.resolve({ time: wall.nowNs(), clusterName: 'test', hosts: [], partitions: [] }),
    },
    checks: { reports: () => [] },
    journal: {
      history,
      feed: new EventFeed({ fileLimit: undefined }, { events: history, unsent, clock: systemClock }),
    },
    convergence: { status: () => NOBODY_CONVERGES },
    control: { leave: () => undefined, forget: () => 'unknown' },
    drains: { drain: () => undefined, endDrain: () => undefined },
    explainer: {
      ownHalf: (service) => explanationOf(service, null),
      explain: (service, which) => Promise.resolve(explanationOf(service, which ?? null)),
    },
    proxy: undefined,
    proxyLook: undefined,
    configs: {
      pull: () => Promise.resolve({ ok: false, fault: { code: 'not-informed', message: 'nothing is known yet' } }),
    },
    console: undefined,
    listeners: { status: () => [] },
    metrics: new MetricsRegistry(),
    token: undefined,
    maxBody: 20_971_520,
    problems: { list: () => [], dropped: 0 },
    readiness: () => [],
    vitals: () => [],
    wall,
    log: silent,
    ...facts,
  };
}

/** Runs `act` against a server with `listener` on a port of its own. */
export async function serving(listener: RequestListener, act: (port: number) => Promise<void>): Promise<void> {
  const server = new HttpServer({ bindIp: '127.0.0.1', port: 0 }, { listener, clock: systemClock, log: silent });
  const stop = new AbortController();
  let ended = Promise.resolve();
  await new Promise<void>((ready, fail) => {
    ended = server.run(stop.signal, ready);
    ended.catch(fail);
  });
  try {
    await act(server.port ?? 0);
  } finally {
    stop.abort();
    await ended;
  }
}

export function ask(
  port: number,
  target: string,
  method = 'GET',
  headers: Readonly<Record<string, string>> = {},
  body = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path: target, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const raw = response.rawHeaders;
        const pairs = raw.flatMap((name, i): [string, string][] => (i % 2 === 0 ? [[name, raw[i + 1] ?? '']] : []));
        resolve({ status: response.statusCode ?? 0, headers: new Map(pairs), body: Buffer.concat(chunks).toString() });
      });
      response.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

/** Sends bytes as they are and returns all that comes back until the server hangs up. */
export function askRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    let answer = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (answer += chunk));
    socket.on('error', reject).on('close', () => resolve(answer));
  });
}
