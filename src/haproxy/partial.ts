import type { Config, Section } from './plan/config.js';
import { planOf, type ServerChange } from './plan/plan.js';

/**
 * The running configuration with the servers of the next one, as far as a running HAProxy can take them: what else differs has to
 * wait for a reload.
 *
 * @param accepts whether this HAProxy takes changes of one section, as far as is known
 */
export function serversWithoutReload(
  running: Config,
  next: Config,
  accepts: (changes: readonly ServerChange[], next: Config) => boolean,
): Config {
  const nextOf = new Map(next.sections.map((section) => [keyOf(section), section]));
  return {
    byText: new Map(),
    sections: running.sections.map((section) => {
      const servers = nextOf.get(keyOf(section))?.servers ?? section.servers;
      const changed = { ...section, servers };
      const plan = planOf(only(section), only(changed));
      return plan.kind === 'runtime' && accepts(plan.changes, only(changed)) ? changed : section;
    }),
  };
}

const only = (section: Section): Config => ({ sections: [section], byText: new Map() });

const keyOf = ({ kind, name }: Section): string => `${kind} ${name}`;
