import type { ServiceGroup } from '../../data/catalog.js';
import type { Figures, Frontend } from '../../data/figures.js';
import { recentOf, type Rates, type Recent } from '../../data/rates.js';
import { serverWord } from '../../words/proxy.js';
import { searchWords } from '../../words/search.js';

/** One frontend, with what stands behind it. */
export interface FrontendRow {
  readonly frontend: Frontend;
  /** Where its instances listen, rising. */
  readonly ports: readonly number[];
  /** Its servers, and how many of them take new requests. */
  readonly servers: number;
  readonly up: number;
  /** What waits for a server. */
  readonly queued: number;
  /** Per second; undefined while not known. */
  readonly requests: Recent | undefined;
  readonly errors: Recent | undefined;
}

const SHOWS = ['errors', 'down', 'busy'] as const;
export type Show = (typeof SHOWS)[number] | '';
const SORTS = ['requests', 'errors'] as const;
export type Sort = (typeof SORTS)[number] | '';

/** What the address bar asks for. */
export interface Filter {
  readonly query: string;
  readonly show: Show;
  /** Empty: by name. */
  readonly sort: Sort;
}

export const filterOf = (query: Readonly<Record<string, string>>): Filter => ({
  query: query['q'] ?? '',
  show: SHOWS.find((each) => each === query['show']) ?? '',
  sort: SORTS.find((each) => each === query['sort']) ?? '',
});

/** All frontends by service and port, those of no service last. */
export function frontendRows(
  figures: Figures,
  rates: Rates,
  services: readonly ServiceGroup[],
): readonly FrontendRow[] {
  const ports = portsBehind(services);
  const servers = new Map<string, { all: number; up: number }>();
  for (const { backend, status, weight } of figures.servers) {
    const known = servers.get(backend) ?? { all: 0, up: 0 };
    known.all += 1;
    if (serverWord(status, weight).tone === 'alive') known.up += 1;
    servers.set(backend, known);
  }
  const behind = new Map<string, { all: number; up: number; queued: number }>();
  for (const { name, queued, ...owner } of figures.backends) {
    const found = { ...(servers.get(name) ?? { all: 0, up: 0 }), queued };
    behind.set(name, found);
    if (owner.service !== undefined) behind.set(placeOf(owner), found);
  }
  return figures.frontends
    .map((frontend) => {
      const line = rates.lines.get(frontend.name);
      const backend = behind.get(placeOf(frontend)) ?? behind.get(frontend.name);
      return {
        frontend,
        ports: ports.get(placeOf(frontend)) ?? [],
        ...{ servers: backend?.all ?? 0, up: backend?.up ?? 0, queued: backend?.queued ?? 0 },
        requests: line && recentOf(line.requests),
        errors: line && recentOf(line.errors),
      };
    })
    .sort((a, b) => byName(a.frontend, b.frontend));
}

const placeOf = ({ service, servicePort }: Pick<Frontend, 'service' | 'servicePort'>): string =>
  `${service ?? ''} ${servicePort ?? ''}`;

function portsBehind(services: readonly ServiceGroup[]): ReadonlyMap<string, readonly number[]> {
  const behind = new Map<string, Set<number>>();
  for (const { name: service, instances } of services) {
    for (const { ports, status } of instances) {
      if (status === 'Tombstone') continue;
      for (const { port, servicePort } of ports) {
        const place = placeOf({ service, servicePort });
        behind.set(place, (behind.get(place) ?? new Set()).add(port));
      }
    }
  }
  return new Map([...behind].map(([place, ports]) => [place, [...ports].sort((a, b) => a - b)]));
}

function byName(a: Frontend, b: Frontend): number {
  if ((a.service === undefined) !== (b.service === undefined)) return a.service === undefined ? 1 : -1;
  const [of, other] = [a.service ?? a.name, b.service ?? b.name];
  return of === other ? (a.servicePort ?? 0) - (b.servicePort ?? 0) : of < other ? -1 : 1;
}

const IS_SHOWN: Readonly<Record<Exclude<Show, ''>, (row: FrontendRow) => boolean>> = {
  errors: ({ errors }) => (errors?.most ?? 0) > 0,
  down: isDown,
  busy: ({ requests }) => (requests?.most ?? 0) > 0,
};

/** Nobody behind it takes requests, though somebody should. */
export function isDown({ frontend, up }: FrontendRow): boolean {
  return frontend.service !== undefined && up === 0;
}

export const countOf = (rows: readonly FrontendRow[], show: Exclude<Show, ''>): number =>
  rows.filter(IS_SHOWN[show]).length;

/** What is left of all, in the order that is asked for: by the mean of all that is known, so that rows stay where they are. */
export function chosenRows(rows: readonly FrontendRow[], { query, show, sort }: Filter): readonly FrontendRow[] {
  const words = searchWords(query);
  const left = rows.filter((row) => {
    const { name, service = '', servicePort } = row.frontend;
    const text = `${name}\n${service}\n:${servicePort ?? ''}`.toLowerCase();
    return (show === '' || IS_SHOWN[show](row)) && words.every((word) => text.includes(word));
  });
  return sort === '' ? left : left.sort((a, b) => (b[sort]?.mean ?? -1) - (a[sort]?.mean ?? -1));
}
