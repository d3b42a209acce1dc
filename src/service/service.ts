import type { Timestamp } from './timestamp.js';

/** Status numbers as they travel; other numbers from newer peers are stored and relayed unchanged. */
export const Status = { Alive: 0, Tombstone: 1, Unhealthy: 2, Unknown: 3, Draining: 4 } as const;
export type Status = number;

/** How people read a status. An unknown number reads as a tombstone, as the original prints it. */
export function statusName(status: Status): string {
  switch (status) {
    case Status.Alive:
      return 'Alive';
    case Status.Unhealthy:
      return 'Unhealthy';
    case Status.Unknown:
      return 'Unknown';
    case Status.Draining:
      return 'Draining';
    default:
      return 'Tombstone';
  }
}

export interface Port {
  /** `tcp`, `udp`, `sctp`, or empty when a static file does not say. */
  readonly type: string;
  /** Where the instance listens, 0–65535. */
  readonly port: number;
  /** The port HAProxy offers the service at on every host; 0 = none. */
  readonly servicePort: number;
  /** Address of the instance. */
  readonly ip: string;
}

/** What our own agents tell each other beyond the original's record; each is absent when the operator did not ask for it. */
export interface Extras {
  /** HAProxy's weight of the instance, 0–256; 0: no new requests. */
  readonly weight?: number;
  /** How long HAProxy takes to give a new instance its full share, whole milliseconds, 0 to 1 h. */
  readonly slowStartMs?: number;
}

export const MAX_WEIGHT = 256;
export const MAX_SLOW_START_MS = 3_600_000;

/** What holds where nothing is said. An origin that takes back what it said says this. */
export const DEFAULT_EXTRAS = { weight: 100, slowStartMs: 0 } as const satisfies Extras;

/** One instance of a service as every host of the cluster knows it. `(hostname, id)` is its identity. */
export interface Service {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly created: Timestamp;
  /** Node name of the host that announces it. */
  readonly hostname: string;
  /** `null` is what static discovery without ports sends; kept apart from `[]` because clients see the difference. */
  readonly ports: readonly Port[] | null;
  /** The origin's time of this version of the record: the newest wins. */
  readonly updated: Timestamp;
  /** `http`, `tcp`, `ws`; other texts travel but never reach HAProxy. */
  readonly proxyMode: string;
  readonly status: Status;
  /**
   * Absent in a copy that came through an original Sidecar, which drops it: such a copy leaves what is known as it is. An origin
   * that takes everything back says so with `DEFAULT_EXTRAS`.
   */
  readonly ext?: Extras;
}

/** Whether two versions say the same but for `updated`. */
export function sameContent(a: Service, b: Service): boolean {
  return (
    a.status === b.status &&
    a.name === b.name &&
    a.image === b.image &&
    a.proxyMode === b.proxyMode &&
    a.created === b.created &&
    samePorts(a.ports, b.ports) &&
    sameExtras(a.ext, b.ext)
  );
}

function sameExtras(a: Extras = DEFAULT_EXTRAS, b: Extras = DEFAULT_EXTRAS): boolean {
  const { weight, slowStartMs } = DEFAULT_EXTRAS;
  return (
    (a.weight ?? weight) === (b.weight ?? weight) && (a.slowStartMs ?? slowStartMs) === (b.slowStartMs ?? slowStartMs)
  );
}

function samePorts(a: Service['ports'], b: Service['ports']): boolean {
  if (a === b) return true;
  if (a === null || b === null || a.length !== b.length) return false;
  return a.every((port, i) => {
    const other = b[i];
    return (
      other !== undefined &&
      port.type === other.type &&
      port.port === other.port &&
      port.servicePort === other.servicePort &&
      port.ip === other.ip
    );
  });
}
