import type { Millis, Random } from '../../lib/ports.js';
import type { Endpoint, KnownPeer, MissingPeer } from './ports.js';
import { shuffle } from './member-table.js';

interface Acquaintance {
  place: Endpoint;
  /** Undefined while it is alive. */
  missingSince: Millis | undefined;
  /** How often it was tried since it is missing. */
  tries: number;
}

/**
 * Everybody who was seen alive once and did not leave by its own word: whom to look for when they are missing, also after
 * the rules of membership have forgotten them, and after a restart. What heals a partition that outlasted the reaping.
 */
export class KnownPeers {
  private readonly peers = new Map<string, Acquaintance>();

  /** @param reconnectTimeoutMs a peer missing for longer is given up */
  constructor(
    private readonly reconnectTimeoutMs: Millis,
    private readonly capacity: number,
    private readonly random: Random,
  ) {}

  /** From another run: missing until they are seen. @returns how many were left out because too many are known */
  restore(peers: readonly KnownPeer[], now: Millis): number {
    let refused = 0;
    for (const { name, address, port } of peers) {
      if (this.peers.has(name)) continue;
      if (!this.add(name, { place: { address, port }, missingSince: now, tries: 0 })) refused += 1;
    }
    return refused;
  }

  /** It is alive, there. @returns false if it cannot be remembered because too many are known */
  seen(name: string, { address, port }: Endpoint): boolean {
    return this.add(name, { place: { address, port }, missingSince: undefined, tries: 0 });
  }

  /** It was declared dead. */
  lost(name: string, now: Millis): void {
    const peer = this.peers.get(name);
    if (peer) peer.missingSince ??= now;
  }

  /** It left by its own word, or an operator says that it is gone for good. @returns whether it was known */
  remove(name: string): boolean {
    return this.peers.delete(name);
  }

  /** Forgets who has been missing for too long. @returns their names */
  giveUp(now: Millis): readonly string[] {
    const gone = [...this.peers].flatMap(([name, { missingSince }]) =>
      missingSince !== undefined && now - missingSince > this.reconnectTimeoutMs ? [name] : [],
    );
    for (const name of gone) this.peers.delete(name);
    return gone;
  }

  /** Up to `count` of the missing, those tried least so far, at random among equals; they count as tried. */
  takeMissing(count: number): readonly KnownPeer[] {
    const missing = [...this.peers].filter(([, { missingSince }]) => missingSince !== undefined);
    shuffle(missing, this.random);
    const turn = missing.sort(([, a], [, b]) => a.tries - b.tries).slice(0, count);
    return turn.map(([name, peer]) => {
      peer.tries += 1;
      return { name, ...peer.place };
    });
  }

  /** Who is missing now, and for how long they will still be looked for. */
  missing(now: Millis): readonly MissingPeer[] {
    return [...this.peers].flatMap(([name, { place, missingSince }]) =>
      missingSince === undefined
        ? []
        : [{ name, ...place, givenUpInMs: Math.max(0, missingSince + this.reconnectTimeoutMs - now) }],
    );
  }

  list(): readonly KnownPeer[] {
    return [...this.peers].map(([name, { place }]) => ({ name, ...place }));
  }

  private add(name: string, peer: Acquaintance): boolean {
    if (!this.peers.has(name) && this.peers.size >= this.capacity) return false;
    this.peers.set(name, peer);
    return true;
  }
}
