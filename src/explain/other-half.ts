import { isCode } from './codes.js';
import type { Verdict } from './explanation.js';
import { verdictOf } from './explanation.js';
import { ORIGIN_STEPS, STATES, type Fact, type Facts, type Step, type StepName, type StepState } from './step.js';

/** What another host says of its part of the way. */
export interface OtherHalf {
  readonly verdict: Verdict;
  readonly instances: readonly { readonly id: string; readonly host: string; readonly steps: readonly Step[] }[];
}

/** A host has no more instances of one service than this that anybody looks at. */
const MAX_INSTANCES = 100;
const MAX_TEXT = 8_192;
const MAX_FACTS = 32;
const MAX_WORDS = 300;

/** Reads another agent's answer, of which nothing is trusted: its texts are cut, and what it has too much of is dropped. @returns undefined for anything else */
export function readOtherHalf(body: string): OtherHalf | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (!isObject(json) || !isObject(json['verdict']) || !Array.isArray(json['instances'])) return undefined;
  const { code, sentence } = json['verdict'];
  const listed: readonly unknown[] = json['instances'];
  return {
    verdict: verdictOf(typeof code === 'string' && isCode(code) ? code : 'STOPPED_THERE', textOf(sentence)),
    instances: listed.slice(0, MAX_INSTANCES).flatMap((instance) => {
      if (!isObject(instance) || !Array.isArray(instance['steps'])) return [];
      const steps: readonly unknown[] = instance['steps'];
      return [
        {
          host: textOf(instance['host']),
          id: textOf(instance['id']),
          steps: steps.slice(0, ORIGIN_STEPS.length).flatMap(stepOf),
        },
      ];
    }),
  };
}

function stepOf(said: unknown): readonly Step[] {
  if (!isObject(said)) return [];
  const { code } = said;
  const step = ORIGIN_STEPS.find((name): name is StepName & (typeof ORIGIN_STEPS)[number] => name === said['step']);
  const state: StepState | undefined = STATES.find((name) => name === said['state']);
  if (step === undefined || state === undefined) return [];
  const read = { step, state, text: textOf(said['text']), facts: factsOf(said['facts']) };
  if (code === undefined || code === null) return [{ ...read, code: undefined }];
  return [{ ...read, code: typeof code === 'string' && isCode(code) ? code : 'STOPPED_THERE' }];
}

function factsOf(said: unknown): Facts {
  if (!isObject(said)) return {};
  const facts = Object.entries(said)
    .slice(0, MAX_FACTS)
    .flatMap(([key, value]): [string, Fact][] => {
      if (typeof value === 'string') return [[key, textOf(value)]];
      if (typeof value === 'number' || typeof value === 'boolean' || value === null) return [[key, value]];
      return Array.isArray(value) ? [[key, value.slice(0, MAX_WORDS).map(textOf)]] : [];
    });
  return Object.fromEntries(facts);
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.slice(0, MAX_TEXT) : '');

const isObject = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === 'object' && json !== null;
