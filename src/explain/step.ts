import type { Timestamp } from '../service/timestamp.js';
import type { Code } from './codes.js';

/** The way of an instance into HAProxy; its host goes the first five. */
export const ORIGIN_STEPS = ['discovered', 'named', 'ports', 'checked', 'announced'] as const;
export const STEPS = [...ORIGIN_STEPS, 'member', 'received', 'accepted', 'stored', 'rendered', 'haproxy'] as const;
export type StepName = (typeof STEPS)[number];

/** `waiting`: it is under way. `stopped`: something has to be done. `unknown`: nobody could be asked. */
export const STATES = ['done', 'waiting', 'stopped', 'unknown'] as const;
export type StepState = (typeof STATES)[number];

export type Fact = string | number | boolean | Timestamp | null | readonly string[];
export type Facts = Readonly<Record<string, Fact | undefined>>;

/** One stretch of the way, and how it went. */
export interface Step {
  readonly step: StepName;
  readonly state: StepState;
  /** A sentence without a full stop. Words of peers, labels and files in it may be anything. */
  readonly text: string;
  readonly facts: Facts;
  /** Why it does not go on from here; undefined when it does. */
  readonly code: Code | undefined;
}

export const done = (step: StepName, text: string, facts: Facts = {}): Step => ({
  ...{ step, state: 'done', text, facts, code: undefined },
});

export const unknown = (step: StepName, text: string, facts: Facts = {}): Step => ({
  ...{ step, state: 'unknown', text, facts, code: undefined },
});

export const stopped = (step: StepName, code: Code, text: string, facts: Facts = {}): Step => ({
  ...{ step, state: 'stopped', text, facts, code },
});

/** It goes on by itself, unless that lasts. */
export const waiting = (step: StepName, code: Code, text: string, facts: Facts = {}): Step => ({
  ...{ step, state: 'waiting', text, facts, code },
});
