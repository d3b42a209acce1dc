import type { Member } from './answers.js';
import type { ServiceGroup } from './catalog.js';
import type { AgentEvent } from './event.js';
import type { Proxy } from './proxy.js';

/** How this page and the agent stand. Times are milliseconds since 1970 by this browser. */
export type Link =
  /** Nothing is known yet. */
  | { readonly state: 'connecting'; readonly fault: string | undefined }
  | { readonly state: 'live' }
  /** Of it no events come, and it is asked; `isPlain`: for its state, as it has nothing else: it is an original. */
  | { readonly state: 'polled'; readonly everyMs: number; readonly isPlain: boolean }
  /** What is shown is of `shownFrom`, and grows old. */
  | { readonly state: 'lost'; readonly since: number; readonly shownFrom: number };

/** It answers: what is shown is what it believes now. */
export const isReached = ({ state }: Link): boolean => state === 'live' || state === 'polled';

export const isPlain = (link: Link): boolean => link.state === 'polled' && link.isPlain;

/** All that pages show. A part that did not change is the same object as before. */
export interface ConsoleState {
  readonly link: Link;
  readonly clusterName: string;
  /** The host whose agent answers. */
  readonly hostname: string;
  /** How far the agent's clock is ahead of this browser's; 0 for what cannot be told from no difference. */
  readonly agentAheadMs: number;
  readonly services: readonly ServiceGroup[];
  /** What changed before is not known, by the agent's clock; undefined while that is not known either. */
  readonly changesKnownSince: number | undefined;
  /** Undefined while not known. */
  readonly members: readonly Member[] | undefined;
  /** `none`: the agent leaves HAProxy alone. */
  readonly proxy: Proxy | 'none' | undefined;
  /** The newest that were told while this page is open, oldest first. */
  readonly events: readonly AgentEvent[];
}

/** Before anything is known. */
export const START: ConsoleState = {
  link: { state: 'connecting', fault: undefined },
  clusterName: '',
  hostname: '',
  agentAheadMs: 0,
  services: [],
  changesKnownSince: undefined,
  members: undefined,
  proxy: undefined,
  events: [],
};
