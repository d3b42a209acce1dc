import { readState } from './answers.js';
import { fieldsOf, numberOf } from './fields.js';
import type { Instance } from './instance.js';

/** What an agent believed at one time. */
export interface Past {
  /** Id of the last event that counts. */
  readonly event: number | undefined;
  readonly instances: readonly Instance[];
}

/** `/api/at`. @returns undefined for anything else */
export function readPast(body: unknown): Past | undefined {
  const { event, catalog } = fieldsOf(body);
  const state = readState(catalog);
  return state && { event: numberOf(event), instances: state.instances };
}
