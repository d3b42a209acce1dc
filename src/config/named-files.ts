import { messageOf } from '../lib/fault.js';
import type { Finding, FindingCode } from './finding.js';
import type { Settings } from './table.js';
import { MAX_BYTES, type ReadFile } from './toml-file.js';
import { gossipKey, isToken } from './word-kinds.js';

/** So many wrong lines of one file are told; who mends them is told of the next. */
const MAX_KEY_FINDINGS = 20;

/** What is wrong with the secret files that the settings name: found at the start, not when they are first needed. */
export function fileFindings(settings: Settings, readFile: ReadFile): readonly Finding[] {
  const { tokenFile, tlsCert, tlsKey } = settings.http;
  const { gossipKeysFile } = settings.sidecar;
  const look = (
    path: string | undefined,
    key: string,
    unreadable: FindingCode,
    check: (text: string, path: string) => readonly Finding[] = () => [],
  ): readonly Finding[] => {
    if (path === undefined) return [];
    let bytes: Uint8Array;
    try {
      bytes = readFile(path, MAX_BYTES);
    } catch (error) {
      return [{ code: unreadable, message: `${key} names ${path}, which cannot be read: ${messageOf(error)}` }];
    }
    return check(new TextDecoder().decode(bytes), path);
  };
  return [
    ...look(tokenFile, 'http.token_file', 'TOKEN_FILE_UNREADABLE', tokenFindings),
    ...look(tlsCert, 'http.tls_cert', 'TLS_FILE_UNREADABLE'),
    ...look(tlsKey, 'http.tls_key', 'TLS_FILE_UNREADABLE'),
    ...look(gossipKeysFile, 'sidecar.gossip_keys_file', 'KEYS_FILE_UNREADABLE', keysFindings),
  ];
}

function tokenFindings(text: string, path: string): readonly Finding[] {
  if (isToken(text.trim())) return [];
  const message = `${path} (http.token_file) holds no token, expected one word of printable ASCII characters`;
  return [{ code: 'TOKEN_FILE_INVALID', message }];
}

function keysFindings(text: string, path: string): readonly Finding[] {
  const lines = text.split('\n').map((line) => line.trim());
  if (lines.every((line) => line === ''))
    return [
      { code: 'KEYS_FILE_EMPTY', message: `${path} (sidecar.gossip_keys_file) holds no key, expected one a line` },
    ];
  const findings = lines.flatMap((line, i) => {
    const parsed = line === '' ? undefined : gossipKey.fromText(line);
    if (!parsed || parsed.ok) return [];
    return parsed.faults.map(({ code, seen, expected }) => ({
      code,
      message: `${path}:${i + 1} is ${seen}, expected ${expected}`,
    }));
  });
  return findings.slice(0, MAX_KEY_FINDINGS);
}
