import type { AgentEvent, EventKind } from '../data/event.js';

/** What an event is about, for people. */
export const KIND_WORDS: Readonly<Record<EventKind, string>> = {
  service: 'Service',
  member: 'Member',
  check: 'Check',
  proxy: 'HAProxy',
  refusal: 'Refused',
  'set-aside': 'Set aside',
  problem: 'Problem',
  agent: 'Agent',
};

const BAD = new Set(['failed', 'timed-out', 'lost', 'raised', 'refused', 'conflict']);

/** Whether somebody may want to do something about it. */
export const isTrouble = ({ what, status }: AgentEvent): boolean => BAD.has(what) || status === 'Unhealthy';
