import type { Reply, Send } from './ports.js';
import { fieldsOf, wordOf } from './fields.js';

/** What is asked of the agent of an instance's host. */
export type DrainWish =
  /** `forTime` as the agent takes it, `15m`; undefined: until somebody ends it. */
  { readonly does: 'begin'; readonly forTime: string | undefined } | { readonly does: 'end' };

/** What became of it, with a sentence of the agent's. */
export interface DrainOutcome {
  /** `token`: without the right token nobody may. `forbidden`: nobody may from where this page is. `gone`: it does not run there. */
  readonly state: 'accepted' | 'token' | 'forbidden' | 'gone' | 'failed';
  readonly text: string;
}

/** Drains an instance, or ends that. Never rejects. */
export type Drain = (id: string, wish: DrainWish, token: string | undefined) => Promise<DrainOutcome>;

export function createDrain(send: Send): Drain {
  return async (id, wish, token) => {
    const path = `/api/services/${encodeURIComponent(id)}/drain`;
    try {
      if (wish.does === 'end') return outcomeOf(await send('DELETE', path, token));
      const query = wish.forTime === undefined ? '' : `?for=${encodeURIComponent(wish.forTime)}`;
      return outcomeOf(await send('POST', path + query, token));
    } catch (error) {
      return { state: 'failed', text: error instanceof Error ? error.message : String(error) };
    }
  };
}

const STATES: Readonly<Partial<Record<number, DrainOutcome['state']>>> = {
  202: 'accepted',
  401: 'token',
  403: 'forbidden',
  404: 'gone',
};

function outcomeOf({ status, body }: Reply): DrainOutcome {
  const fields = fieldsOf(body);
  const text = wordOf(fields['Message']) ?? wordOf(fields['message']) ?? `the agent answered ${status}`;
  return { state: STATES[status] ?? 'failed', text };
}
