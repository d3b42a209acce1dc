import type { Config, Section } from './plan/config.js';
import { planOf } from './plan/plan.js';

/**
 * The running configuration with the servers of the next one, as far as a running HAProxy can take them: what else differs has to
 * wait for a reload.
 */
export function serversWithoutReload(running: Config, next: Config): Config {
  const nextOf = new Map(next.sections.map((section) => [keyOf(section), section]));
  return {
    byText: new Map(),
    sections: running.sections.map((section) => {
      const servers = nextOf.get(keyOf(section))?.servers ?? section.servers;
      const changed = { ...section, servers };
      const plan = planOf(only(section), only(changed));
      return plan.kind === 'runtime' ? changed : section;
    }),
  };
}

const only = (section: Section): Config => ({ sections: [section], byText: new Map() });

const keyOf = ({ kind, name }: Section): string => `${kind} ${name}`;
