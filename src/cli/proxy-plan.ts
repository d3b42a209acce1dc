import { isObject } from './is-object.js';

/** The document of `/api/proxy/plan`. */
export interface PlanAnswer {
  readonly kind: 'nothing' | 'runtime' | 'reload' | 'refused';
  readonly changes: readonly PlannedChange[];
  readonly reasons: readonly { readonly text: string }[];
  readonly diff: string;
  readonly findings: readonly PlanFinding[];
  readonly verified: { readonly ok: true } | { readonly ok: false; readonly code: string; readonly message: string };
}

export interface PlanFinding {
  readonly service: string;
  /** `hostname/id`, when it is about one instance. */
  readonly instance: string | null;
  readonly servicePort: number | null;
  readonly code: string;
  readonly message: string;
}

export interface PlannedChange {
  readonly kind: string;
  readonly backend: string;
  readonly server: string;
  readonly detail: string;
}

export function isPlanAnswer(json: unknown): json is PlanAnswer {
  return (
    isObject(json) &&
    ['nothing', 'runtime', 'reload', 'refused'].some((kind) => json['kind'] === kind) &&
    isListOf(json['changes'], ['kind', 'backend', 'server', 'detail']) &&
    isListOf(json['reasons'], ['text']) &&
    typeof json['diff'] === 'string' &&
    isListOf(json['findings'], ['service', 'code', 'message']) &&
    isVerdict(json['verified'])
  );
}

const isVerdict = (json: unknown): boolean =>
  isObject(json) && (json['ok'] === true || (json['ok'] === false && hasTexts(json, ['code', 'message'])));

const isListOf = (json: unknown, texts: readonly string[]): boolean =>
  Array.isArray(json) && json.every((item) => hasTexts(item, texts));

const hasTexts = (json: unknown, keys: readonly string[]): boolean =>
  isObject(json) && keys.every((key) => typeof json[key] === 'string');
