import type { ContainerTrace } from '../discovery/docker/trace.js';
import type { StaticTrace } from '../discovery/static/static-discovery.js';
import type { FoundFacts, LeftOutCode } from '../explain/facts.js';
import type { DiscoveredService } from '../service/discovered.js';

/** What others know of an instance that discovery found. */
export type KnownOfFound = Pick<FoundFacts, 'check' | 'drain'>;

const NOTHING: KnownOfFound = { check: undefined, drain: undefined };

export function foundInDocker(trace: ContainerTrace, host: string, known: KnownOfFound): FoundFacts {
  const { id, container, name, namedBy, ports, published, servicePortLabels, complaints } = trace;
  return {
    ...{ host, id, name, namedBy, ports, published, servicePortLabels, complaints },
    ...{ source: 'docker', what: `container ${container || id}`, leftOut: leftOutOf(trace) },
    ...known,
  };
}

function leftOutOf({ leftOut, state, complaints }: ContainerTrace): FoundFacts['leftOut'] {
  if (leftOut === undefined) return undefined;
  const reasons: Readonly<Record<typeof leftOut, readonly [LeftOutCode, string]>> = {
    state: ['CONTAINER_NOT_RUNNING', `it is ${state}`],
    filter: ['EXCLUDED_BY_FILTER', 'it does not have the label that label_filter asks for'],
    label: ['EXCLUDED_BY_LABEL', 'its label SidecarDiscover is false'],
    refused: ['LABEL_REFUSED', complaints.at(-1) ?? 'no record can be made of it'],
  };
  const [code, why] = reasons[leftOut];
  return { code, why };
}

export function foundInFile(path: string, service: DiscoveredService, known: KnownOfFound): FoundFacts {
  const { hostname: host, id, name, ports } = service;
  return { ...OF_FILE, host, id, name, ports, what: `a target of ${path}`, leftOut: undefined, ...known };
}

/** The targets of the file that are called `service` and are refused. */
export const refusedInFile = (service: string, host: string, { path, refused }: StaticTrace): readonly FoundFacts[] =>
  refused.map(({ index, message: why }) => ({
    ...{ ...OF_FILE, ...NOTHING, host, name: service, ports: null },
    ...{ id: `target-${index}`, what: `a target of ${path}`, leftOut: { code: 'TARGET_REFUSED', why } },
  }));

const OF_FILE = { source: 'static', namedBy: 'file', published: [], servicePortLabels: [], complaints: [] } as const;
