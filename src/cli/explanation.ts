import { isObject } from './is-object.js';

/** What `/api/explain` answers, as far as it is shown. */
export interface Explanation {
  readonly service: string;
  readonly host: string;
  readonly verdict: Verdict;
  readonly instances: readonly ExplainedInstance[];
  readonly omitted: number;
}

export interface Verdict {
  readonly code: string;
  readonly sentence: string;
  readonly advice: string;
}

export interface ExplainedInstance {
  readonly host: string;
  readonly id: string;
  readonly verdict: Verdict;
  readonly steps: readonly ExplainedStep[];
}

export interface ExplainedStep {
  readonly step: string;
  readonly state: string;
  readonly text: string;
}

export const isExplanation = (json: unknown): json is Explanation =>
  isObject(json) &&
  hasTexts(json, 'service', 'host') &&
  isVerdict(json['verdict']) &&
  typeof json['omitted'] === 'number' &&
  isListOf(json['instances'], isInstance);

const isVerdict = (json: unknown): boolean => isObject(json) && hasTexts(json, 'code', 'sentence', 'advice');

const isInstance = (json: unknown): boolean =>
  isObject(json) &&
  hasTexts(json, 'host', 'id') &&
  isVerdict(json['verdict']) &&
  isListOf(json['steps'], (step) => isObject(step) && hasTexts(step, 'step', 'state', 'text'));

const hasTexts = (json: Readonly<Record<string, unknown>>, ...keys: readonly string[]): boolean =>
  keys.every((key) => typeof json[key] === 'string');

const isListOf = (json: unknown, is: (item: unknown) => boolean): boolean => Array.isArray(json) && json.every(is);
