import type { Entry } from './entry.js';
import type { EventKind } from './event.js';

/** Which events somebody wants to know of; what is undefined does not matter. */
export interface EventFilter {
  readonly service: string | undefined;
  readonly host: string | undefined;
  readonly kinds: ReadonlySet<EventKind> | undefined;
}

export function passes({ service, host, kinds }: EventFilter, entry: Entry): boolean {
  return (
    (service === undefined || entry.service === service) &&
    (host === undefined || entry.host === host) &&
    (kinds === undefined || kinds.has(entry.kind))
  );
}
