import type { Member } from '../gossip/core/ports.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Millis } from '../lib/ports.js';
import type { ProblemBoard } from '../lib/problems.js';

const ROOM = 'replication';
const NAME_CONFLICT = 'NAME_CONFLICT';
/** A host that moved claims its name until its old place is dead; two hosts of one name claim it with every full exchange. */
const ENDS_AFTER_MS: Millis = 3 * 60_000;
const MAX_NAMES = 100;

/**
 * Names that two hosts claim. Their records go under one name, and neither knows those of the other: each would bury what the
 * other runs. As long as a name is contested nothing is buried for being unknown.
 */
export class ContestedNames {
  /** When each was last claimed by another. */
  private readonly claimed = new Map<string, Millis>();

  constructor(
    private readonly deps: {
      readonly clock: Pick<Clock, 'now'>;
      readonly problems: ProblemBoard;
      readonly log: Logger;
    },
  ) {}

  has(name: string): boolean {
    return this.claimed.has(name);
  }

  /** Another host claims the name of a member that is alive. */
  note({ name, address, port }: Pick<Member, 'name' | 'address' | 'port'>): void {
    if (this.claimed.size >= MAX_NAMES && !this.claimed.has(name)) return;
    this.claimed.set(name, this.deps.clock.now());
    const message =
      `another host says that it is ${name}, too, which is at ${address} port ${port}: give each a hostname of its own. ` +
      'If it only moved, this ends by itself once its old address is found dead';
    const problem = { room: ROOM, code: NAME_CONFLICT, subject: name, message };
    if (this.deps.problems.raise(problem)) this.deps.log.warn(message, { code: NAME_CONFLICT });
  }

  /** Ends what nobody claims any more; call it now and then. */
  tick(): void {
    const now = this.deps.clock.now();
    for (const [name, last] of this.claimed) {
      if (now - last < ENDS_AFTER_MS) continue;
      this.claimed.delete(name);
      if (this.deps.problems.clear(ROOM, NAME_CONFLICT, name)) this.deps.log.info(`${name} is one host again`);
    }
  }
}
