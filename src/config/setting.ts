import type { Kind } from './kind.js';

/** A long flag, its one letter, and the word that stands for its value in the help. */
export interface Flag {
  readonly name: string;
  readonly short?: string;
  readonly value?: string;
}

/** One thing an operator can say: a row of the table that files, variables, flags, defaults and documentation all come from. */
export interface Setting<T> {
  readonly kind: Kind<T>;
  /** The original's (v1's) default. */
  readonly initial: T;
  /** Where v2 differs; used when there is no file but a v2 variable. */
  readonly v2Initial?: T;
  readonly help: string;
  readonly flag?: Flag;
  /** Variables besides the one that follows from table and key; the first that is set counts. */
  readonly aliases?: readonly string[];
  /** A flag or variables whose value is joined with this one's instead of replacing it. */
  readonly extra?: {
    readonly flag?: Flag;
    readonly aliases: readonly string[];
    join(extra: T, value: T): T;
  };
}

export function setting<T>(
  kind: Kind<T>,
  initial: NoInfer<T>,
  help: string,
  more: Omit<Setting<NoInfer<T>>, 'kind' | 'initial' | 'help'> = {},
): Setting<T> {
  return { kind, initial, help, ...more };
}

/** What `loadSettings` makes of a table of settings. */
export type ValuesOf<Group> = {
  readonly [Key in keyof Group]: Group[Key] extends Setting<infer T> ? T : never;
};
