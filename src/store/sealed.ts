import { createHash } from 'node:crypto';
import { ok, refused, type Result } from '../lib/result.js';

/** Of the first line and of what it promises; the version of a kind's text is that kind's own. */
const FORMAT = 1;
/** Longer than any first line: magic, format, kind, version, length, checksum. */
const MAX_HEADER_BYTES = 256;
const NEWLINE = 0x0a;
const HEADER = /^(sidecar-state \d{1,9} ([a-z][a-z-]{0,39}) (\d{1,9}) (\d{1,15})) ([0-9a-f]{64})$/;

/** What a state file is about, and the version of its text. */
export interface Kind {
  /** 1–40 lower-case letters and hyphens; also the file's name. */
  readonly kind: string;
  /** Rises when an older agent could misread the text; integer, 1–999,999,999. */
  readonly version: number;
}

/** What was sealed: `version` is the one it was written with, at most the one asked for. */
export interface Unsealed {
  readonly text: string;
  readonly version: number;
}

/** Why bytes are not the state asked for. */
export type SealFault =
  | { readonly code: 'DAMAGED'; readonly what: string }
  /** Written by a later program: `part` is the envelope itself, or the text in it, which is intact. */
  | { readonly code: 'NEWER'; readonly part: 'format' | 'text'; readonly seen: number; readonly known: number }
  | { readonly code: 'OTHER_KIND'; readonly seen: string };

/**
 * A text as the bytes of a state file: a first line for people and programs, then the text.
 *
 *     sidecar-state <format> <kind> <version> <length of the text in bytes> <SHA-256 of all else>
 */
export function seal({ kind, version }: Kind, text: string): Uint8Array {
  const body = Buffer.from(text, 'utf8');
  const facts = `sidecar-state ${FORMAT} ${kind} ${version} ${body.length}`;
  return Buffer.concat([Buffer.from(`${facts} ${checksum(facts, body)}\n`, 'latin1'), body]);
}

/** The text in a state file. Total: any bytes give the text that was sealed or a fault. */
export function unseal({ kind, version }: Kind, bytes: Uint8Array): Result<Unsealed, SealFault> {
  const headerEnd = bytes.subarray(0, MAX_HEADER_BYTES).indexOf(NEWLINE);
  if (headerEnd < 0) return damaged('it has no first line');
  const header = Buffer.from(bytes.subarray(0, headerEnd)).toString('latin1');
  const format = Number(/^sidecar-state (\d{1,9}) /.exec(header)?.[1] ?? NaN);
  if (format > FORMAT) return refused({ code: 'NEWER', part: 'format', seen: format, known: FORMAT });
  const [, facts, seenKind, seenVersion, length, sum] = HEADER.exec(header) ?? [];
  if (facts === undefined || seenKind === undefined || format !== FORMAT) return damaged('its first line is not ours');
  const body = bytes.subarray(headerEnd + 1);
  if (body.length !== Number(length)) return damaged(`it has ${body.length} bytes of text instead of ${length}`);
  if (checksum(facts, body) !== sum) return damaged('its checksum is wrong');
  if (seenKind !== kind) return refused({ code: 'OTHER_KIND', seen: seenKind });
  const written = Number(seenVersion);
  if (written > version) return refused({ code: 'NEWER', part: 'text', seen: written, known: version });
  return ok({ text: Buffer.from(body).toString('utf8'), version: written });
}

/** Covers the first line, too, so that a changed version or kind cannot pass for a written one. */
const checksum = (facts: string, body: Uint8Array): string =>
  createHash('sha256').update(`${facts}\n`).update(body).digest('hex');

const damaged = (what: string): { readonly ok: false; readonly fault: SealFault } => refused({ code: 'DAMAGED', what });
