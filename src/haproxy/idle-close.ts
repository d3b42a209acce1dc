import type { Config, Section } from './plan/config.js';

const OPTION = 'option idle-close-on-response';

/**
 * Whether a configuration has http listeners that a reload cuts off: without `option idle-close-on-response` an old HAProxy
 * resets kept connections in the moment in which a client may be sending the next request on one.
 */
export function needsIdleClose({ sections }: Config): boolean {
  return sections.some(
    (section) =>
      (section.kind === 'frontend' || section.kind === 'listen') && section.mode === 'http' && !closes(section),
  );
}

/** What a section says goes before what it inherits, from the `defaults` that it takes after and no others. */
function closes({ lines, defaults }: Section): boolean {
  if (lines.includes(`no ${OPTION}`)) return false;
  return lines.includes(OPTION) || (defaults !== undefined && closes(defaults));
}
