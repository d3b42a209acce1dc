import type { Flag, Setting, ValuesOf } from './setting.js';

/** Settings by group and key, in camel case as the code names them. */
export type Table = Readonly<Record<string, Readonly<Record<string, Setting<unknown>>>>>;

/** What a table of settings gives once it is weighed. */
export type SettingsOf<T> = { readonly [Group in keyof T]: ValuesOf<T[Group]> };

/** A setting with all its names. */
export interface Row {
  readonly group: string;
  readonly key: string;
  /** `docker_discovery` */
  readonly table: string;
  /** `docker_url` */
  readonly tomlKey: string;
  /** `docker_discovery.docker_url` */
  readonly path: string;
  /** The variable that follows from table and key, then its aliases. */
  readonly variables: readonly string[];
  readonly flag: Flag | undefined;
  readonly setting: Setting<unknown>;
}

/**
 * Every setting, in the order of the table.
 *
 * @param prefixOf begins the variables of a group, given its TOML name in capitals; a key that repeats it does not repeat it
 */
export function rowsOf<T extends { readonly [Group in keyof T]: Table[string] }>(
  table: T,
  prefixOf: (group: string, name: string) => string,
): readonly Row[] {
  return Object.entries<Table[string]>(table).flatMap(([group, settings]) =>
    Object.entries(settings).map(([key, setting]) => {
      const [tableName, tomlKey] = [snake(group), snake(key)];
      const prefix = `${prefixOf(group, tableName.toUpperCase())}_`;
      const name = tomlKey.toUpperCase();
      return {
        group,
        key,
        table: tableName,
        tomlKey,
        path: `${tableName}.${tomlKey}`,
        variables: [name.startsWith(prefix) ? name : `${prefix}${name}`, ...(setting.aliases ?? [])],
        flag: setting.flag ?? setting.extra?.flag,
        setting,
      };
    }),
  );
}

const snake = (camel: string): string => camel.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
