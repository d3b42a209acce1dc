import { ok, refused, type Result } from '../../lib/result.js';
import type { Config } from '../plan/config.js';
import type { ServerChange } from '../plan/plan.js';
import { desiredServer, sectionsWithServers, type Resolve } from './desired.js';
import type { RuntimeFault } from './fault.js';
import { revive, type Placed } from './moves.js';
import type { Retirements } from './retirements.js';

/**
 * What changes of the configuration mean for an HAProxy in which some servers are still being removed: one that is added again
 * is revived, if its line has the same words.
 *
 * @param desired the configuration with the changes
 */
export function movesOf(
  changes: readonly ServerChange[],
  desired: Config,
  resolve: Resolve,
  retirements: Pick<Retirements, 'has' | 'argsOf'>,
): Result<readonly Placed[], RuntimeFault> {
  const sections = sectionsWithServers(desired);
  const placed: Placed[] = [];
  for (const change of changes) {
    const { backend, server } = change;
    const section = sections.get(backend);
    const id = `${backend}/${server.name}`;
    if (!section) return refused({ code: 'NOT_AS_ASKED', server: id, words: 'no such backend in the configuration' });
    const { target, args } = desiredServer(section, server, resolve);
    if (change.kind === 'remove') {
      placed.push({ section, move: { kind: 'remove', backend, name: server.name, args: server.args } });
    } else if (change.kind === 'set') {
      placed.push({ section, move: { kind: 'set', target, what: change.what } });
    } else if (!retirements.has(backend, server.name)) {
      placed.push({ section, move: { kind: 'add', target, args } });
    } else if (sameWords(server.args, retirements.argsOf(backend, server.name))) {
      placed.push({ section, move: revive(target) });
    } else {
      return refused({ code: 'ARGS_DIFFER', server: id });
    }
  }
  return ok(placed);
}

const sameWords = (a: readonly string[], b: readonly string[] | undefined): boolean =>
  b !== undefined && a.length === b.length && a.every((word, i) => word === b[i]);
