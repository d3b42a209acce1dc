import type { CatalogReader, CatalogSnapshot, MembersReader, ServerEntry } from '../catalog/reader.js';
import { oncePerObject } from '../lib/once-per-object.js';
import { recordText, serviceText } from '../service/codec.js';
import { compareBytes, goString } from '../service/go-json.js';
import { indentJson } from '../service/indent-json.js';
import type { Service } from '../service/service.js';
import { encodeState, stateBytes } from '../service/state-codec.js';
import { formatTimestamp, type Timestamp } from '../service/timestamp.js';

const EPOCH: Timestamp = 0n;

/** What the API serves of the catalog: each body is encoded at most once per version and shared by all readers. */
export class CatalogViews {
  private servicesBody:
    { readonly version: number; readonly members: readonly string[]; readonly body: Buffer } | undefined;
  private readonly groups = perVersion(groupByName);
  private readonly groupedBody = perVersion((snapshot) => Buffer.from(encodeGroups(this.groups(snapshot))));
  private readonly extendedBody = perVersion((snapshot) => Buffer.from(encodeState(snapshot, recordText)));
  private readonly namedBodies = perVersion(() => new Map<string, Buffer>());

  constructor(private readonly deps: { readonly catalog: CatalogReader; readonly members: MembersReader }) {}

  /** Body of `/services.json`: it depends on who is in the cluster as well. */
  services(): Buffer {
    const snapshot = this.deps.catalog.snapshot();
    const members = this.deps.members.alive();
    const last = this.servicesBody;
    if (last?.version === snapshot.version && sameItems(last.members, members)) return last.body;
    const body = Buffer.from(encodeServices(snapshot, this.groups(snapshot), members));
    this.servicesBody = { version: snapshot.version, members: [...members], body };
    return body;
  }

  /** Body of `/services/{name}.json`, or undefined when no instance of that name is known. */
  service(name: string): Buffer | undefined {
    const snapshot = this.deps.catalog.snapshot();
    const services = this.groups(snapshot).get(name);
    if (services === undefined) return undefined;
    const bodies = this.namedBodies(snapshot);
    const body = bodies.get(name) ?? Buffer.from(encodeServices(snapshot, new Map([[name, services]]), []));
    bodies.set(name, body);
    return body;
  }

  /** All instances by name, names in byte order; in a list the longest unrefreshed first, ties by host name and id. */
  byName(): ReadonlyMap<string, readonly Service[]> {
    return this.groups(this.deps.catalog.snapshot());
  }

  /** The same lists as one compact object: what `/watch` sends. */
  grouped(): Buffer {
    return this.groupedBody(this.deps.catalog.snapshot());
  }

  /** Body of `/state.json`. */
  state(): Buffer {
    return stateBytes(this.deps.catalog.snapshot());
  }

  /** The same with what only our own agents know of a record: its weight and slow start. */
  extendedState(): Buffer {
    return this.extendedBody(this.deps.catalog.snapshot());
  }
}

function groupByName(snapshot: CatalogSnapshot): ReadonlyMap<string, readonly Service[]> {
  const groups = new Map<string, Service[]>();
  for (const server of snapshot.servers.values()) {
    for (const service of server.services.values()) {
      const group = groups.get(service.name);
      if (group) group.push(service);
      else groups.set(service.name, [service]);
    }
  }
  for (const group of groups.values()) group.sort(byUpdated);
  return new Map([...groups].sort(([a], [b]) => compareBytes(a, b)));
}

function byUpdated(a: Service, b: Service): number {
  if (a.updated !== b.updated) return a.updated < b.updated ? -1 : 1;
  return compareBytes(a.hostname, b.hostname) || compareBytes(a.id, b.id);
}

function encodeGroups(groups: ReadonlyMap<string, readonly Service[]>): string {
  const lists = [...groups].map(([name, services]) => `${goString(name)}:[${services.map(serviceText).join(',')}]`);
  return `{${lists.join(',')}}`;
}

function encodeServices(
  snapshot: CatalogSnapshot,
  groups: ReadonlyMap<string, readonly Service[]>,
  members: readonly string[],
): string {
  const lists = [...groups].map(([name, services]) => `${goString(name)}: ${block('[]', services.map(indented), 2)}`);
  const hosts = [...members].sort(compareBytes).map((name) => encodeMember(name, snapshot.servers.get(name)));
  const fields = [`"Services": ${block('{}', lists, 1)}`];
  if (hosts.length > 0) fields.push(`"ClusterMembers": ${block('{}', hosts, 1)}`);
  fields.push(`"ClusterName": ${goString(snapshot.clusterName)}`);
  return block('{}', fields, 0);
}

function encodeMember(name: string, entry: ServerEntry | undefined): string {
  const lastUpdated = formatTimestamp(entry?.lastUpdated ?? EPOCH);
  const count = entry?.services.size ?? 0;
  const facts = `{"Name":${goString(name)},"LastUpdated":"${lastUpdated}","ServiceCount":${count}}`;
  return `${goString(name)}: ${indentJson(facts, 2)}`;
}

/** An object or array whose items are indented already; Go prints an empty one on one line. */
function block(brackets: '{}' | '[]', items: readonly string[], level: number): string {
  if (items.length === 0) return brackets;
  const outer = '\n' + '  '.repeat(level);
  return `${brackets.charAt(0)}${outer}  ${items.join(`,${outer}  `)}${outer}${brackets.charAt(1)}`;
}

/** From one version to the next most records are the same. */
const indented = oncePerObject((service: Service) => indentJson(serviceText(service), 3));

function perVersion<V>(compute: (snapshot: CatalogSnapshot) => V): (snapshot: CatalogSnapshot) => V {
  let last: { readonly version: number; readonly value: V } | undefined;
  return (snapshot) => {
    if (last?.version !== snapshot.version) last = { version: snapshot.version, value: compute(snapshot) };
    return last.value;
  };
}

const sameItems = (a: readonly string[], b: readonly string[]): boolean =>
  a === b || (a.length === b.length && a.every((item, i) => item === b[i]));
