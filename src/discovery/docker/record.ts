import { printable } from '../../lib/printable.js';
import type { DiscoveredService } from '../../service/discovered.js';
import { refusalOf } from '../../service/refusal.js';
import type { Port } from '../../service/service.js';
import { SERVICE_PORT, SLOW_START, WEIGHT } from '../ranges.js';
import { checkOf, observedHealth, tuningOf } from './check-label.js';
import { containerOf, type Container, type ContainerFault } from './container.js';
import { Labels, shortId, type LabelComplaint } from './labels.js';
import { nameOf, type Namer } from './names.js';
import { portsOf, type PortFacts } from './ports.js';

/** What the labels do not say, the same for all containers. */
export interface ContainerFacts extends PortFacts {
  /** Node name of this host. */
  readonly hostname: string;
  readonly namer: Namer;
  /** Whether Compose's and Swarm's names come before the image's. */
  readonly composeNames: boolean;
  /** Whether Docker's HEALTHCHECK counts where labels name no check. */
  readonly dockerHealthcheck: boolean;
  /** Only containers with this label, and this value unless any will do; undefined: all of them. */
  readonly labelFilter: { readonly key: string; readonly value: string | undefined } | undefined;
}

/** What became of one container. */
export interface ContainerReading {
  /** Undefined when it is left out: on purpose, or, with a complaint, because no record can be made of it. */
  readonly service: DiscoveredService | undefined;
  readonly complaints: readonly LabelComplaint[];
  /** Further complaints that are only counted. */
  readonly unstated: number;
}

const LEFT_OUT: ContainerReading = { service: undefined, complaints: [], unstated: 0 };
/** Not `restarting`: until it is started again nothing runs, and no port is published. */
const LIVE = ['running', 'paused'];

/**
 * The service that a container is (contract section 3). Each label that is wrong counts as absent and gives a complaint; only a
 * name or a ProxyMode that no record may have leaves the container out. What `{{ … }}` in check arguments stands for is the
 * check's to say.
 */
export function serviceOf(container: Container, facts: ContainerFacts): ContainerReading {
  const labels = new Labels(container);
  if (whyLeftOut(container, labels, facts) !== undefined) return LEFT_OUT;
  const { name, place } = nameOf(container, facts);
  if (name === '' && place !== 'Image')
    labels.complain({ code: 'LABEL_INVALID', label: place, value: '""', expected: 'the name of a service' });
  const ports = portsOf(container.ports, labels, facts);
  const check = checkOf(labels);
  const observed = observedHealth(container, facts.dockerHealthcheck && check === undefined);
  const weight = labels.integer('Weight', WEIGHT);
  const slowStartMs = labels.duration('SlowStart', SLOW_START);
  const service: DiscoveredService = {
    id: shortId(container.id),
    name,
    image: container.image,
    created: container.created,
    hostname: facts.hostname,
    ports,
    proxyMode: labels.get('ProxyMode') || 'http',
    check,
    tuning: tuningOf(labels),
    ...(observed === undefined ? {} : { observed }),
    ...(weight === undefined ? {} : { weight }),
    ...(slowStartMs === undefined ? {} : { slowStartMs: Math.round(slowStartMs) }),
    listenPort: listenPortOf(labels, ports),
  };
  const refusal = refusalOf(service, true);
  if (refusal) {
    const { code, field, seen: value, expected } = refusal;
    labels.complain({ code, label: field === 'Name' ? place : field, value, expected, leavesOut: true });
  }
  const { complaints, unstated } = labels;
  return { service: refusal ? undefined : service, complaints, unstated };
}

/** Why a container is left out on purpose; undefined when it is not. */
export function whyLeftOut(
  container: Container,
  labels: Labels,
  { labelFilter }: Pick<ContainerFacts, 'labelFilter'>,
): 'state' | 'filter' | 'label' | undefined {
  if (!LIVE.includes(container.state)) return 'state';
  if (!isSelected(container, labelFilter)) return 'filter';
  return isDiscoverable(labels) ? undefined : 'label';
}

/** What became of all containers of a list. */
export interface ListReading {
  readonly services: readonly DiscoveredService[];
  readonly complaints: readonly LabelComplaint[];
  /** Further complaints that are only counted. */
  readonly unstated: number;
  /** Entries that are no containers. */
  readonly refused: readonly ContainerFault[];
}

/** Reads what the engine answers to `GET /containers/json`; no entry can harm another. */
export function servicesOf(list: readonly unknown[], facts: ContainerFacts): ListReading {
  const services = new Map<string, DiscoveredService>();
  const complaints: LabelComplaint[] = [];
  const refused: ContainerFault[] = [];
  let unstated = 0;
  for (const summary of list) {
    const container = containerOf(summary);
    if (!container.ok) {
      refused.push(container.fault);
      continue;
    }
    const reading = serviceOf(container.value, facts);
    if (reading.service) services.set(reading.service.id, reading.service);
    complaints.push(...reading.complaints);
    unstated += reading.unstated;
  }
  return { services: [...services.values()], complaints, unstated, refused };
}

function isSelected({ labels }: Container, filter: ContainerFacts['labelFilter']): boolean {
  if (!filter) return true;
  const value = labels.get(filter.key);
  return value !== undefined && (filter.value === undefined || value === filter.value);
}

/** Exactly `false` leaves it out; whatever else looks like it does not. */
function isDiscoverable(labels: Labels): boolean {
  const said = labels.parsed('SidecarDiscover', 'true or false', (text) =>
    ['true', 'false'].find((one) => one === text),
  );
  return said !== 'false';
}

/** The public port of the tcp port whose ServicePort the label names: there the container wants events (contract section 8.3). */
function listenPortOf(labels: Labels, ports: readonly Port[]): number | undefined {
  const label = 'SidecarListener';
  const servicePort = labels.integer(label, SERVICE_PORT);
  if (servicePort === undefined) return undefined;
  const found = servicePort > 0 && ports.find((port) => port.type === 'tcp' && port.servicePort === servicePort);
  if (found) return found.port;
  const expected = 'the ServicePort of one of its tcp ports';
  labels.complain({ code: 'LABEL_INVALID', label, value: printable(labels.get(label) ?? ''), expected });
  return undefined;
}
