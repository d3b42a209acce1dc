import { isIP } from 'node:net';
import { SECTION_KINDS, wordsOf } from './plan/words.js';
import type { Holds, Place } from './ports.js';

/** A TCP address that a configuration makes HAProxy listen on. */
export interface Bind extends Place {
  /** As it stands in the file. */
  readonly spec: string;
  /** The section it is in, `frontend web-80`. */
  readonly section: string;
  /** The name of that section, `web-80`; empty for `global`. */
  readonly proxy: string;
}

/** What makes a listener differ from one that this process could try. */
const SPECIAL: ReadonlySet<string> = new Set(['transparent', 'interface', 'namespace']);
/** A range of ports that is longer is tried only so far. */
const MAX_RANGE = 256;

/**
 * The TCP addresses that a configuration listens on, as far as they are plain to see: literal IP addresses and ports. Sockets
 * of other kinds, host names, variables, listeners with special powers and what stands in an `.if` are passed over.
 */
export function bindsOf(config: string): readonly Bind[] {
  const binds: Bind[] = [];
  let [section, proxy] = ['', ''];
  let conditions = 0;
  for (const line of config.split('\n')) {
    const words = wordsOf(line);
    const [first = '', second = '', third = ''] = words;
    if (first === '.if') conditions += 1;
    if (first === '.endif') conditions -= 1;
    if (SECTION_KINDS.has(first)) [section, proxy] = [`${first} ${second}`.trim(), second];
    const specs = first === 'bind' ? second : first === 'stats' && second === 'socket' ? third : '';
    if (specs === '' || conditions > 0 || words.some((word) => SPECIAL.has(word))) continue;
    for (const spec of specs.split(',')) {
      for (const place of placesOf(spec, words.includes('v6only'))) binds.push({ ...place, spec, section, proxy });
    }
  }
  return binds;
}

function placesOf(spec: string, v6only: boolean): readonly Place[] {
  const parts = /^(?:(ipv4|ipv6|tcp|tcp4|tcp6)@)?(.*):(\d{1,5})(?:-(\d{1,5}))?$/.exec(spec);
  if (!parts) return [];
  const [, family = '', host = '', from = '', to = from] = parts;
  const address = addressOf(host.replace(/^\[(.*)\]$/, '$1'), family.endsWith('6'));
  const [first, last] = [Number(from), Math.min(Number(to), 65_535)];
  if (address === undefined || first === 0) return [];
  const count = Math.max(0, Math.min(last - first + 1, MAX_RANGE));
  return Array.from({ length: count }, (_, i) => ({ address, port: first + i, v6only }));
}

function addressOf(host: string, isV6: boolean): string | undefined {
  if (host === '' || host === '*') return isV6 ? '::' : '0.0.0.0';
  return isIP(host) === 0 ? undefined : host;
}

const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/**
 * Whether an HAProxy listens on a place, or on one that overlaps it.
 *
 * @param binds what its configuration says
 * @param ports what the system says: it knows of listeners that `bindsOf` passes over, but here not of their addresses
 */
export function holdsOf(binds: readonly Place[], ports: ReadonlySet<number>): Holds {
  return ({ address, port }) => {
    const same = binds.filter((bind) => bind.port === port);
    if (same.length === 0) return ports.has(port);
    return same.some((bind) => bind.address === address || WILDCARDS.has(bind.address) || WILDCARDS.has(address));
  };
}
