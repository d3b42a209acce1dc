import type { Port } from '../../service/service.js';
import { containerOf, type Container } from './container.js';
import { Labels, sentenceOf, shortId } from './labels.js';
import { nameOf } from './names.js';
import { serviceOf, whyLeftOut, type ContainerFacts } from './record.js';

/** What became of one container on its way to a service. Its texts are those of labels, and may be anything. */
export interface ContainerTrace {
  /** As the record says it. */
  readonly id: string;
  readonly container: string;
  readonly image: string;
  /** `running`, `paused`, `restarting` … */
  readonly state: string;
  readonly name: string;
  /** The label that gives the name, or what Docker calls the place: `Names`, `Image`. */
  readonly namedBy: string;
  /** `refused`: a label makes a record of it impossible. */
  readonly leftOut: 'state' | 'filter' | 'label' | 'refused' | undefined;
  /** Port of the container → port of this host, as `docker ps` shows them. */
  readonly published: readonly string[];
  readonly ports: readonly Port[];
  /** Its labels that name a ServicePort: `ServicePort_80=8080`. */
  readonly servicePortLabels: readonly string[];
  /** What is wrong with its labels, in sentences. */
  readonly complaints: readonly string[];
}

/** More containers than a host runs of one service. */
const MAX_TRACES = 1_000;
/** More labels than one can look at. */
const MAX_LABELS = 20;

/** Those of a list that somebody could mean by `asked`: a service, a container or its id. */
export function tracesOf(list: readonly unknown[], facts: ContainerFacts, asked: string): readonly ContainerTrace[] {
  const traces: ContainerTrace[] = [];
  for (const summary of list) {
    const container = containerOf(summary);
    if (!container.ok || !isMeant(container.value, facts, asked)) continue;
    traces.push(traceOf(container.value, facts));
    if (traces.length >= MAX_TRACES) break;
  }
  return traces;
}

const isMeant = (container: Container, facts: ContainerFacts, asked: string): boolean =>
  nameOf(container, facts).name === asked ||
  container.name === asked ||
  shortId(container.id) === asked ||
  container.labels.get('ServiceName') === asked;

function traceOf(container: Container, facts: ContainerFacts): ContainerTrace {
  const { name, place } = nameOf(container, facts);
  const leftOut = whyLeftOut(container, new Labels(container), facts);
  const { service, complaints } = serviceOf(container, facts);
  return {
    id: shortId(container.id),
    container: container.name,
    image: container.image,
    state: container.state,
    name,
    namedBy: place,
    leftOut: leftOut ?? (service ? undefined : 'refused'),
    published: container.ports.map(({ privatePort, publicPort, type }) => `${privatePort}/${type}->${publicPort}`),
    ports: service?.ports ?? [],
    servicePortLabels: [...container.labels]
      .filter(([key]) => key.startsWith('ServicePort_'))
      .slice(0, MAX_LABELS)
      .map(([key, value]) => `${key}=${value}`),
    complaints: complaints.map(sentenceOf),
  };
}
