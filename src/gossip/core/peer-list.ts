import { isIP } from 'node:net';
import { ok, refused, type Result } from '../../lib/result.js';
import { isName } from './claim.js';
import type { KnownPeer } from './ports.js';

/**
 * Known peers as they are kept on disk: a JSON list of `{ name, address, port }`.
 *
 * @returns all of them, or what is wrong with the first that cannot be read: a list is taken whole or not at all
 */
export function parsePeers(text: string): Result<readonly KnownPeer[], string> {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return refused('it is not JSON');
  }
  if (!Array.isArray(list)) return refused('it is not a list');
  const peers: KnownPeer[] = [];
  for (const [i, item] of (list as readonly unknown[]).entries()) {
    const peer = peerOf(item);
    if (!peer) return refused(`item ${i} is no { name, address, port }`);
    peers.push(peer);
  }
  return ok(peers);
}

/** The text that `parsePeers` reads. */
export const peersText = (peers: readonly KnownPeer[]): string =>
  JSON.stringify(
    peers.map(({ name, address, port }) => ({ name, address, port })),
    null,
    1,
  );

function peerOf(item: unknown): KnownPeer | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const { name, address, port } = item as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || !isName(name)) return undefined;
  if (typeof address !== 'string' || isIP(address) === 0) return undefined;
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
  return { name, address, port };
}
