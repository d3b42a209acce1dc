import { goString } from '../service/go-json.js';

/** Peers refuse longer metadata (PROTOCOL 4). */
const MAX_BYTES = 512;

/** Where a host's HTTP API is. */
export interface HttpDoor {
  readonly port: number;
  readonly isTls: boolean;
}

/**
 * What a Sidecar says of itself as a member. The first two keys are the original's (PROTOCOL 19.1), which nobody reads; an original
 * skips the others. A cluster name that does not fit is left out.
 *
 * @param more further keys, ASCII only, at most as many bytes in compact JSON as it is told, each key with the comma before it
 */
export function memberMeta(
  clusterName: string,
  { port, isTls }: HttpDoor,
  more: (roomBytes: number) => Readonly<Record<string, string>> = () => ({}),
): Uint8Array {
  const cluster = `"ClusterName":${goString(clusterName)}`;
  const always = ['"State":"Running"', `"HttpPort":${port}`, `"HttpTls":${isTls}`];
  const isTooLong = Buffer.byteLength(jsonOf([cluster, ...always])) > MAX_BYTES;
  const told = isTooLong ? always : [cluster, ...always];
  const room = MAX_BYTES - Buffer.byteLength(jsonOf(told));
  const added = Object.entries(more(room)).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  return Buffer.from(jsonOf([...told, ...added]));
}

const jsonOf = (pairs: readonly string[]): string => `{${pairs.join(',')}}`;

/** Reads a peer's metadata. @returns its keys with whatever they hold; none when it is no JSON object */
export function readMemberMeta(meta: Uint8Array): Readonly<Record<string, unknown>> {
  if (meta.length === 0 || meta.length > MAX_BYTES) return {};
  try {
    const told: unknown = JSON.parse(Buffer.from(meta).toString());
    return isObject(told) ? told : {};
  } catch {
    return {}; // every program may be a member, and need not be a Sidecar
  }
}

/** Where a member says that its HTTP API is; undefined: it says nothing that can be so, as an original. */
export function readHttpDoor(meta: Uint8Array): HttpDoor | undefined {
  const { HttpPort: port, HttpTls: isTls } = readMemberMeta(meta);
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
  return { port, isTls: isTls === true };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
