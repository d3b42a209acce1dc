import { isIP } from 'node:net';
import { canonicalAddress } from '../../lib/ip-address.js';
import { argsForAdd, needsAgent, needsHealth } from '../plan/add-arguments.js';
import type { Config, Section, ServerLine } from '../plan/config.js';
import type { Target } from './moves.js';

/** The IP address of a host name, as far as it is known now. */
export type Resolve = (host: string) => string | undefined;

/** The sections that may have servers, by name. */
export const sectionsWithServers = (config: Config): ReadonlyMap<string, Section> =>
  new Map(
    config.sections
      .filter(({ kind }) => kind === 'backend' || kind === 'listen')
      .map((section) => [section.name, section]),
  );

/** What of a `server` line is the same whatever its host name means; the same line object is never in two sections. */
interface Fixed {
  readonly args: readonly string[];
  readonly checked: boolean;
  readonly hasAgent: boolean;
}

const known = new WeakMap<ServerLine, Fixed>();

function fixedOf(section: Section, server: ServerLine): Fixed {
  const found = known.get(server);
  if (found) return found;
  const args = argsForAdd(server, section);
  const fixed = { args, checked: needsHealth(args), hasAgent: needsAgent(args) };
  known.set(server, fixed);
  return fixed;
}

/** What a `server` line asks for, and the words that add such a server to a running HAProxy. */
export function desiredServer(
  section: Section,
  server: ServerLine,
  resolve: Resolve,
): { readonly target: Target; readonly args: readonly string[] } {
  const { args, checked, hasAgent } = fixedOf(section, server);
  const target: Target = {
    backend: section.name,
    name: server.name,
    host: server.host,
    address: resolvesItself(section, server) ? undefined : addressOf(server, resolve),
    weight: server.weight,
    disabled: server.disabled,
    checked,
    hasAgent,
  };
  return { target, args };
}

/** With `resolvers` HAProxy follows the name while it runs: its address is no difference, whatever we think of it. */
const resolvesItself = (section: Section, { host, args }: ServerLine): boolean =>
  isIP(host) === 0 && (args.includes('resolvers') || section.defaultServer.includes('resolvers'));

function addressOf({ host, port }: ServerLine, resolve: Resolve): Target['address'] {
  if (port === undefined || /[@/]/.test(host)) return undefined;
  const address = isIP(host) === 0 ? resolve(host) : host;
  return address === undefined ? undefined : { address: canonicalAddress(address), port };
}
