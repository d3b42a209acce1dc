import { parseFlags } from '../../src/config/flags.js';
import { loadSettings, type LoadedConfig, type LoadResult } from '../../src/config/load.js';
import type { ReadFile } from '../../src/config/toml-file.js';

/** What a test says of the world around the agent; the rest of it is empty. */
export interface World {
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Content of `sidecar.toml`; undefined: there is none. */
  readonly toml?: string | undefined;
  /** Content of other files, or the system's code for not having it. */
  readonly files?: Readonly<Record<string, string | Uint8Array | { readonly code: string }>>;
  readonly hostname?: string;
}

export function load({ argv = [], env = {}, toml, files = {}, hostname = 'host-a' }: World): LoadResult {
  const readFile = readFileOf(toml === undefined ? files : { 'sidecar.toml': toml, ...files });
  return loadSettings({ flags: parseFlags(argv), env, readFile, hostname });
}

/** A disk that has these files. */
export function readFileOf(files: NonNullable<World['files']>): ReadFile {
  return (path, maxBytes) => {
    const given = files[path] ?? { code: 'ENOENT' };
    const bytes = typeof given === 'string' ? new TextEncoder().encode(given) : given;
    const content = bytes instanceof Uint8Array && bytes.length > maxBytes ? { code: 'EFBIG' } : bytes;
    if (content instanceof Uint8Array) return content;
    throw Object.assign(new Error(`${content.code}: open '${path}'`), { code: content.code });
  };
}

/** The configuration of a world in which nothing is wrong. */
export function loaded(world: World): LoadedConfig {
  const result = load(world);
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return result.config;
}

export const problemsOf = (world: World): readonly string[] => {
  const result = load(world);
  return result.ok ? [] : result.problems.map(({ code }) => code);
};

export const warningsOf = (world: World): readonly string[] => load(world).warnings.map(({ code }) => code);
