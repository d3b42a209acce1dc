/** What the engine is asked to tell of: everything that changes which containers run, how they are called or whether they are well. */
export const ACTIONS = [
  ...['start', 'die', 'stop', 'kill', 'pause', 'unpause', 'health_status', 'rename', 'update'],
] as const;

export interface EngineEvent {
  /** One of `ACTIONS`: the rest of `health_status: healthy` is left away. */
  readonly action: (typeof ACTIONS)[number];
  /** The container's whole id. */
  readonly id: string;
  /** What `kill` sent, as a number of Linux; undefined for all others, and when it is not said. */
  readonly signal: number | undefined;
}

/**
 * Reads a container event: `Action` and `Actor.ID`, or `status` and `id` of older engines (contract section 3.7).
 *
 * @returns undefined for what is none, or none that was asked for
 */
export function parseEvent(event: unknown): EngineEvent | undefined {
  const { Action, status, id, Actor, Type = 'container' } = membersOf(event);
  const { ID, Attributes } = membersOf(Actor);
  const said = (textOf(Action) ?? textOf(status))?.split(':')[0];
  const action = ACTIONS.find((known) => known === said);
  const container = textOf(ID) ?? textOf(id);
  if (Type !== 'container' || action === undefined || container === undefined) return undefined;
  const sent = Number(membersOf(Attributes)['signal']);
  return { action, id: container, signal: action === 'kill' && Number.isInteger(sent) ? sent : undefined };
}

/** The members of an object; none of anything else. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
