import { ok, refused, type Result } from '../../lib/result.js';
import { addressOf } from '../wire/address.js';
import type { Alive, Bytes, PushPullNode } from '../wire/message.js';
import type { Endpoint, Versions } from './ports.js';
import { parseVsn } from './versions.js';

/** What somebody says of a member that lives. Parsed, but not to be believed yet. */
export interface AliveClaim extends Endpoint {
  readonly name: string;
  readonly incarnation: number;
  readonly meta: Bytes;
  /** Undefined if nothing was said: then they stay as known. */
  readonly versions: Versions | undefined;
}

/** Host names have at most 253 bytes; a name is kept, logged and passed on, so it needs a bound. */
export const MAX_NAME = 255;
export const MAX_META_BYTES = 512;
const EMPTY: Bytes = new Uint8Array(0);

/**
 * Reads what an alive message or an entry of a push/pull says, by the rules of PROTOCOL 4.
 *
 * @param defaultPort stands in for port 0
 * @returns the claim, or the field that cannot be
 */
export function parseAliveClaim(
  name: string,
  said: Pick<Alive & PushPullNode, 'addr' | 'port' | 'meta' | 'incarnation' | 'vsn'>,
  defaultPort: number,
): Result<AliveClaim, 'name' | 'addr' | 'meta' | 'vsn'> {
  if (!isName(name)) return refused('name');
  const address = addressOf(said.addr);
  if (address === undefined) return refused('addr');
  const meta = said.meta ?? EMPTY;
  if (meta.length > MAX_META_BYTES) return refused('meta');
  const versions = said.vsn?.length ? parseVsn(said.vsn) : undefined;
  if (said.vsn?.length && !versions) return refused('vsn');
  return ok({ name, address, port: said.port || defaultPort, incarnation: said.incarnation, meta, versions });
}

/** Whether this can be the name of a member. */
export function isName(name: string): boolean {
  return name.length > 0 && name.length <= MAX_NAME;
}
