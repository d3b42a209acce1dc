import { tagOf } from './announcement.js';

/** A ServicePort that not every proxy gives to the same service. */
export interface ContestedPort {
  readonly servicePort: number;
  /** By the first of their hosts. */
  readonly holders: readonly {
    /** Undefined: no service that is known here. */
    readonly service: string | undefined;
    /** By name. */
    readonly hosts: readonly string[];
  }[];
}

/**
 * Where hosts differ about who has a port.
 *
 * @param told    by host, the tags of who has the ports there that several services want
 * @param namesAt the services that offer a ServicePort, as far as they are known here
 */
export function contestedPorts(
  told: ReadonlyMap<string, ReadonlyMap<number, number>>,
  namesAt: (servicePort: number) => Iterable<string>,
): readonly ContestedPort[] {
  const ports = new Map<number, Map<number, string[]>>();
  for (const [host, holders] of [...told].sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const [port, tag] of holders) {
      const hostsByTag = ports.get(port) ?? new Map<number, string[]>();
      ports.set(port, hostsByTag.set(tag, [...(hostsByTag.get(tag) ?? []), host]));
    }
  }
  return [...ports]
    .filter(([, hostsByTag]) => hostsByTag.size > 1)
    .sort(([a], [b]) => a - b)
    .map(([servicePort, hostsByTag]) => {
      const names = new Map([...namesAt(servicePort)].map((name) => [tagOf(name), name]));
      const holders = [...hostsByTag].map(([tag, hosts]) => ({ service: names.get(tag), hosts }));
      return { servicePort, holders };
    });
}
