import { messageOf } from '../lib/fault.js';
import { parseTlsPair, type TlsPair } from '../lib/tls-pair.js';
import type { Finding, FindingCode } from './finding.js';
import type { Settings } from './table.js';
import { MAX_BYTES, type ReadFile } from './toml-file.js';
import { gossipKey, isToken } from './word-kinds.js';

/** So many wrong lines of one file are told; who mends them is told of the next. */
const MAX_KEY_FINDINGS = 20;
/** As many as are taken when the file changes: a packet that nobody can decrypt costs one try of each. */
const MAX_KEYS = 16;

/** The secret files that the settings name, as they are at the start. */
export interface NamedFiles {
  /** What is wrong with them: found now, not when they are first needed. */
  readonly findings: readonly Finding[];
  /** What the token file holds; undefined when none is named. */
  readonly token: string | undefined;
  /** Certificate and key of the HTTP API; undefined when none are named. */
  readonly tls: TlsPair | undefined;
}

export function readNamedFiles({ http, sidecar }: Settings, readFile: ReadFile): NamedFiles {
  const { token, findings: ofToken } = readTokenFile(http.tokenFile, 'http.token_file', readFile);
  const findings = [...ofToken];
  const read = (path: string | undefined, key: string, unreadable: FindingCode): string | undefined =>
    readNamed(path, key, unreadable, readFile, findings);
  const cert = read(http.tlsCert, 'http.tls_cert', 'TLS_FILE_UNREADABLE');
  const key = read(http.tlsKey, 'http.tls_key', 'TLS_FILE_UNREADABLE');
  const pair = cert === undefined || key === undefined ? undefined : parseTlsPair(cert, key);
  if (pair?.ok === false) findings.push(tlsFinding(http, pair.fault));
  const keys = read(sidecar.gossipKeysFile, 'sidecar.gossip_keys_file', 'KEYS_FILE_UNREADABLE');
  if (keys !== undefined) findings.push(...keysFindings(keys, sidecar.gossipKeysFile ?? ''));
  return { findings, token, tls: pair?.ok ? pair.value : undefined };
}

function tlsFinding({ tlsCert = '', tlsKey = '' }: Settings['http'], fault: string): Finding {
  const message = `${tlsCert} (http.tls_cert) and ${tlsKey} (http.tls_key) cannot be used: ${fault}`;
  return { code: 'TLS_UNUSABLE', message };
}

/**
 * The token in a file.
 *
 * @param path undefined: none is named
 * @param key  the setting that names it, `http.token_file`
 */
export function readTokenFile(
  path: string | undefined,
  key: string,
  readFile: ReadFile,
): Pick<NamedFiles, 'token' | 'findings'> {
  const findings: Finding[] = [];
  const token = readNamed(path, key, 'TOKEN_FILE_UNREADABLE', readFile, findings)?.trim();
  if (token !== undefined && !isToken(token)) {
    const message = `${path ?? ''} (${key}) holds no token, expected one word of printable ASCII characters`;
    findings.push({ code: 'TOKEN_FILE_INVALID', message });
  }
  return { token, findings };
}

function readNamed(
  path: string | undefined,
  key: string,
  unreadable: FindingCode,
  readFile: ReadFile,
  findings: Finding[],
): string | undefined {
  if (path === undefined) return undefined;
  try {
    return new TextDecoder().decode(readFile(path, MAX_BYTES));
  } catch (error) {
    findings.push({ code: unreadable, message: `${key} names ${path}, which cannot be read: ${messageOf(error)}` });
    return undefined;
  }
}

/** One key a line; empty lines and those that begin with # are skipped. */
function keysFindings(text: string, path: string): readonly Finding[] {
  const lines = text.split('\n').map((line, i) => ({ word: line.trim(), place: `${path}:${i + 1}` }));
  const keys = lines.filter(({ word }) => word !== '' && !word.startsWith('#'));
  const findings = keys.flatMap(({ word, place }) => {
    const parsed = gossipKey.fromText(word);
    if (parsed.ok) return [];
    return parsed.faults.map(({ code, seen, expected }) => ({
      code,
      message: `${place} is ${seen}, expected ${expected}`,
    }));
  });
  if (findings.length > 0) return findings.slice(0, MAX_KEY_FINDINGS);
  const file = `${path} (sidecar.gossip_keys_file) holds`;
  if (keys.length === 0) return [{ code: 'KEYS_FILE_EMPTY', message: `${file} no key, expected one a line` }];
  if (keys.length > MAX_KEYS)
    return [{ code: 'KEYS_FILE_TOO_LONG', message: `${file} ${keys.length} keys, expected at most ${MAX_KEYS}` }];
  return [];
}
