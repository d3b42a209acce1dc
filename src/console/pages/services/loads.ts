import type { Figures, Server } from '../../data/figures.js';
import { keyOf } from '../../data/instance.js';
import { frontendTotals, recentOf, serverKey, type Rates, type Totals } from '../../data/rates.js';
import { serverWord, type ServerWord } from '../../words/proxy.js';

/** An instance as HAProxy of the agent's host sees it: all of its servers together. */
export interface InstanceLoad {
  /** The one that asks most for somebody's eyes. */
  readonly word: ServerWord;
  /** HAProxy's own words, a line for each server. */
  readonly title: string;
  /** Now. */
  readonly sessions: number;
  /** Per second; undefined in mode tcp, and while not known. */
  readonly requests: number | undefined;
  /** Since HAProxy's process began. */
  readonly errors: number;
  /** There were some in the last minute. */
  readonly isFailing: boolean;
}

/** Per second, of all frontends of a service. */
export interface ServiceLoad {
  readonly perSecond: number;
  /** Per second, what could not be read or was answered with 500 and above. */
  readonly errors: number;
  readonly unit: 'req/s' | 'conn/s';
}

export interface Loads {
  /** By `keyOf` host and id. */
  readonly ofInstance: ReadonlyMap<string, InstanceLoad>;
  readonly ofService: ReadonlyMap<string, ServiceLoad>;
}

/** Of each server, and of each frontend. */
export function loadTotals(figures: Figures): ReadonlyMap<string, Totals> {
  const ofServers = figures.servers.map((server): [string, Totals] => [
    serverKey(server),
    { requests: server.requests ?? 0, errors: server.errors },
  ]);
  return new Map([...frontendTotals(figures), ...ofServers]);
}

const WORST_FIRST: readonly ServerWord['tone'][] = ['unhealthy', 'draining', 'unknown', 'alive'];

export function loadsOf(figures: Figures, rates: Rates): Loads {
  const servers = new Map<string, Server[]>();
  for (const server of figures.servers) {
    if (server.host === undefined || server.instance === undefined) continue;
    const key = keyOf(server.host, server.instance);
    servers.set(key, [...(servers.get(key) ?? []), server]);
  }
  const ofService = new Map<string, ServiceLoad>();
  for (const { name, service, requests } of figures.frontends) {
    const line = rates.lines.get(name);
    const now = recentOf(line?.requests ?? [])?.now;
    if (service === undefined || now === undefined) continue;
    const errors = recentOf(line?.errors ?? [])?.now ?? 0;
    const unit = requests === undefined ? 'conn/s' : 'req/s';
    const known = ofService.get(service);
    // Connections and requests do not add up: of a service with both, its requests are told.
    if (known?.unit === unit)
      ofService.set(service, { unit, perSecond: known.perSecond + now, errors: known.errors + errors });
    else if (!known || unit === 'req/s') ofService.set(service, { unit, perSecond: now, errors });
  }
  return { ofInstance: new Map([...servers].map(([key, of]) => [key, loadOf(of, rates)])), ofService };
}

function loadOf(servers: readonly Server[], rates: Rates): InstanceLoad {
  const words = servers
    .map(({ status, weight }) => serverWord(status, weight))
    .sort((a, b) => WORST_FIRST.indexOf(a.tone) - WORST_FIRST.indexOf(b.tone));
  const lines = servers.map((server) => rates.lines.get(serverKey(server)));
  const requests = servers.flatMap((server, i) =>
    server.requests === undefined ? [] : (recentOf(lines[i]?.requests ?? [])?.now ?? []),
  );
  const sum = (values: readonly number[]): number => values.reduce((all, each) => all + each, 0);
  return {
    word: words[0] ?? serverWord('', 0),
    title: servers.map(titleOf).join('\n'),
    sessions: sum(servers.map(({ sessions }) => sessions)),
    requests: requests.length === 0 ? undefined : sum(requests),
    errors: sum(servers.map(({ errors }) => errors)),
    isFailing: lines.some((line) => (recentOf(line?.errors ?? [])?.most ?? 0) > 0),
  };
}

function titleOf({ backend, server, status, weight, check, requests, responseMs }: Server): string {
  const facts = [
    `${backend}/${server}: ${status}, weight ${weight}`,
    ...(check === undefined ? [] : [`check ${check}`]),
    ...(requests === undefined ? [] : [`${requests} requests in all`]),
    ...(responseMs === undefined ? [] : [`answers in ${responseMs} ms`]),
  ];
  return facts.join(', ');
}
