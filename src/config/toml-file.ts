import { parse } from '@iarna/toml';
import { errnoOf, messageOf } from '../lib/fault.js';
import { nearest } from '../lib/nearest.js';
import { printable } from '../lib/printable.js';
import { ok, refused, type Result } from '../lib/result.js';
import { meant, type Finding } from './finding.js';
import { seenOf } from './kind.js';
import type { Row } from './rows.js';

/** Far above any sensible configuration or secret, far below what would hurt. */
export const MAX_BYTES = 1024 * 1024;

/**
 * Reads a whole file without waiting for anybody. Throws the system's error, or one with the code `EISDIR`, `ENOTREG` (a pipe, a
 * device) or `EFBIG` (more than `maxBytes`).
 */
export type ReadFile = (path: string, maxBytes: number) => Uint8Array;

/** What a configuration file says, before its values are looked at. */
export interface TomlFile {
  /** By `table.key` as the table of settings spells it. */
  readonly values: ReadonlyMap<string, unknown>;
  /** Tables of the wrong type. */
  readonly problems: readonly Finding[];
  /** Unknown tables and keys. */
  readonly warnings: readonly Finding[];
}

/** What is said where there is no file. */
export const EMPTY: TomlFile = { values: new Map(), problems: [], warnings: [] };

/**
 * Reads and parses a configuration file. A fault is the one reason why nothing of it can be used.
 *
 * @param program its settings, and the variable that names the file
 */
export function readTomlFile(
  path: string,
  program: { readonly rows: readonly Row[]; readonly variable: string },
  readFile: ReadFile,
): Result<TomlFile, Finding> {
  let bytes: Uint8Array;
  try {
    bytes = readFile(path, MAX_BYTES);
  } catch (error) {
    return refused(unreadable(path, program.variable, error));
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes); // drops a byte order mark
  } catch {
    return refused({ code: 'CONFIG_NOT_UTF8', message: `${path} is not text in UTF-8, as TOML must be` });
  }
  try {
    return ok(sortOut(path, parse(text), program.rows));
  } catch (error) {
    return refused(syntaxFinding(path, error));
  }
}

function unreadable(path: string, variable: string, error: unknown): Finding {
  switch (errnoOf(error) ?? '') {
    case 'ENOENT':
    case 'ENOTDIR':
      return {
        code: 'CONFIG_NOT_FOUND',
        message: `there is no configuration file ${path}; name one with --config-file (-f) or ${variable}`,
      };
    case 'EISDIR':
      return { code: 'CONFIG_IS_DIRECTORY', message: `${path} is a directory, expected a configuration file` };
    case 'ENOTREG':
      return { code: 'CONFIG_NOT_REGULAR', message: `${path} is not a regular file, expected a configuration file` };
    case 'EFBIG':
      return {
        code: 'CONFIG_TOO_LARGE',
        message: `${path} is larger than ${MAX_BYTES} bytes: is it the right file?`,
      };
    default:
      return {
        code: 'CONFIG_UNREADABLE',
        message: `the configuration file ${path} cannot be read: ${messageOf(error)}`,
      };
  }
}

function syntaxFinding(path: string, error: unknown): Finding {
  if (!(error instanceof Error) || !('line' in error && 'col' in error)) throw error;
  const at = `${path}:${Number(error.line) + 1}:${Math.max(1, Number(error.col))}`;
  const reason = error.message.replace(/ at row [\s\S]*$/, '');
  if (reason.includes("Can't redefine"))
    return { code: 'TOML_DUPLICATE_KEY', message: `${at}: this key or table stands twice, expected once` };
  const code = reason.startsWith('Unterminated') ? 'TOML_UNTERMINATED' : 'TOML_SYNTAX';
  return { code, message: `${at}: not TOML: ${reason}` };
}

/** So many unknown names are told: a file with more of them is another program's. */
const MAX_UNKNOWN = 100;

function sortOut(file: string, document: object, rows: readonly Row[]): TomlFile {
  const tables = [...new Set(rows.map((row) => row.table))];
  const paths = rows.map(({ path }) => path);
  const values = new Map<string, unknown>();
  const problems: Finding[] = [];
  const warnings: Finding[] = [];
  const warn = (finding: () => Finding): void => {
    if (warnings.length < MAX_UNKNOWN) warnings.push(finding());
  };
  for (const [name, content] of Object.entries(document) as [string, unknown][]) {
    const table = spelled(name, tables);
    if (!isTable(content)) {
      if (table)
        problems.push({ code: 'NOT_A_TABLE', message: `${file}: ${table} is ${seenOf(content)}, expected [${table}]` });
      else warn(() => unknownKey(file, name, rows));
      continue;
    }
    if (!table) {
      warn(() => unknownTable(file, name, tables));
      continue;
    }
    for (const [key, value] of Object.entries(content)) {
      const path = spelled(`${table}.${key}`, paths);
      if (!path) warn(() => unknownKey(file, key, rows, table));
      else if (!values.has(path) || path === `${name}.${key}`) values.set(path, value);
    }
  }
  return { values, problems, warnings };
}

/** The original matched names without regard to case; so do we, the exact one first. */
function spelled(name: string, known: readonly string[]): string | undefined {
  return known.includes(name) ? name : known.find((one) => one === name.toLowerCase());
}

function unknownTable(file: string, name: string, tables: readonly string[]): Finding {
  const near = nearest(name, tables);
  const message = `${file}: unknown table [${bare(name)}], ignored${meant(near && `[${near}]`)}`;
  return { code: 'UNKNOWN_TABLE', message };
}

function unknownKey(file: string, key: string, rows: readonly Row[], table?: string): Finding {
  const siblings = rows.filter((row) => row.table === table).map(({ tomlKey }) => tomlKey);
  const near = nearest(key, siblings);
  const elsewhere = rows.find(({ path }) => path.endsWith(`.${key}`))?.path;
  const prefix = table === undefined ? '' : `${table}.`;
  const hint = meant(near === undefined ? elsewhere : `${prefix}${near}`);
  return { code: 'UNKNOWN_KEY', message: `${file}: unknown key ${prefix}${bare(key)}, ignored${hint}` };
}

/** A name as TOML writes it: in quotes when it needs them. */
const bare = (name: string): string => (/^[\w-]+$/.test(name) ? name : printable(name));

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
