import type { DiscoveredService } from '../service/discovered.js';
import { DEFAULT_EXTRAS, type Extras, type Service } from '../service/service.js';

/**
 * The extras of a record of this host. Nothing is said of what nobody asks for, unless something was said before: that has to be
 * taken back.
 *
 * @param known what was said before, by us or in a former life
 */
export function ownExtras({ weight, slowStartMs }: DiscoveredService, known: Extras | undefined): Extras | undefined {
  if (weight === undefined && slowStartMs === undefined) return known && DEFAULT_EXTRAS;
  return { ...(weight === undefined ? {} : { weight }), ...(slowStartMs === undefined ? {} : { slowStartMs }) };
}

/** Whether a peer knows extras of a former life of ours, which a record of ours without any leaves as they are. */
export function hasUnknownExtras(seen: Service, ours: Service): boolean {
  return seen.ext !== undefined && ours.ext === undefined;
}
