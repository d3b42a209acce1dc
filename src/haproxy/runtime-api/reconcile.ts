import type { Config, Section } from '../plan/config.js';
import { desiredServer, sectionsWithServers, type Resolve } from './desired.js';
import { differing, wordsOf, type Placed } from './moves.js';
import type { ActualServer } from './server-state.js';

/** A server that is not as it should be: what to do about it, and what was found. */
export interface Difference extends Placed {
  readonly text: string;
}

/**
 * What makes the servers of a running HAProxy what they should be. Backends that are not desired are passed over.
 *
 * @param actual     all servers that it runs
 * @param isRetiring whether a server is being removed already: then it is no difference that it is still there
 * @returns for each backend additions first, removals last
 */
export function compare(
  actual: readonly ActualServer[],
  desired: Config,
  resolve: Resolve,
  isRetiring: (backend: string, name: string) => boolean,
): readonly Difference[] {
  const byBackend = new Map<string, Map<string, ActualServer>>();
  for (const server of actual) {
    const servers = byBackend.get(server.backend) ?? new Map<string, ActualServer>();
    byBackend.set(server.backend, servers.set(server.name, server));
  }
  return [...sectionsWithServers(desired).values()].flatMap((section) =>
    differencesIn(section, byBackend.get(section.name) ?? new Map<string, ActualServer>(), resolve, isRetiring),
  );
}

function differencesIn(
  section: Section,
  actual: ReadonlyMap<string, ActualServer>,
  resolve: Resolve,
  isRetiring: (backend: string, name: string) => boolean,
): readonly Difference[] {
  const { name: backend } = section;
  const missing: Difference[] = [];
  const wrong: Difference[] = [];
  for (const line of section.servers.values()) {
    const { target, args } = desiredServer(section, line, resolve);
    const server = actual.get(line.name);
    const id = `${backend}/${line.name}`;
    if (!server) {
      missing.push({ section, move: { kind: 'add', target, args }, text: `${id} is missing` });
      continue;
    }
    const what = differing(target, server);
    if (what.length === 0) continue;
    wrong.push({
      section,
      move: { kind: 'set', target, what },
      text: `${id}: ${what.join(', ')} (${wordsOf(server)})`,
    });
  }
  const surplus = hasOthers(section)
    ? []
    : [...actual.keys()].filter((name) => !section.servers.has(name) && !isRetiring(backend, name));
  return [
    ...missing,
    ...wrong,
    ...surplus.map((name): Difference => ({
      section,
      move: { kind: 'remove', backend, name, args: undefined },
      text: `${backend}/${name} should not be there`,
    })),
  ];
}

/** Servers there that no line of `servers` asks for may be a template's, or those that the Runtime API must leave alone. */
const hasOthers = ({ hasFixedServers, lines }: Section): boolean =>
  hasFixedServers || lines.some((line) => line.startsWith('server-template '));
