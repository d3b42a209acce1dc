/** An object out of JSON, of which anything may be missing or wrong: agents are older and newer than this page. */
export type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @returns an object without anything for what is none */
export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

/** The objects of a list; what is none is left out. */
export const objectsOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);

/** Empty for what is no text. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Undefined for what is no text, or says nothing. */
export const wordOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

export const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

/** The texts of a list. */
export const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];

/** A time for an agent, to the millisecond, rounded up: what happened by then happened by the time given. */
export const instantText = (time: number): string => new Date(Math.ceil(time)).toISOString();

const RFC_3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/;

/** @returns milliseconds since 1970, of which a double keeps a quarter of a microsecond; undefined for what is no RFC 3339 time */
export function instantOf(value: unknown): number | undefined {
  const [, seconds, fraction = '', zone] = RFC_3339.exec(textOf(value)) ?? [];
  if (seconds === undefined || zone === undefined) return undefined;
  const whole = Date.parse(seconds + zone);
  return Number.isNaN(whole) ? undefined : whole + Number(`0.${fraction}`) * 1000;
}
