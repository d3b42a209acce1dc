import { createHash } from 'node:crypto';
import { decodeSamples, encodeSamples, SAMPLE_BYTES, type Sample } from './sample.js';

/** What a host tells in its member metadata of what its proxy serves. */
export interface Announcement {
  /** Hash of the view that its HAProxy serves, 16 hex digits. */
  readonly view: string;
  /** How long the last changes took to its HAProxy. */
  readonly samples: readonly Sample[];
  /** Of the first few ServicePorts that several services want: a tag of the service that has it there. */
  readonly holders: ReadonlyMap<number, number>;
}

/** With everything else in the metadata they fit beside a cluster name of 134 bytes. */
export const MAX_SAMPLES = 40;
export const MAX_PORTS = 8;
const PORT_BYTES = 4;
/** Of a key in the metadata: comma, colon and four quotes. */
const FRAME_BYTES = 6;
const VIEW = /^[0-9a-f]{16}$/;

/** 16 bits that stand for the name of a service. */
export const tagOf = (service: string): number => createHash('sha256').update(service).digest().readUInt16BE(0);

/**
 * The keys of the metadata that carry an announcement. What does not fit is left out, the last delays first; without the view nothing
 * is told.
 *
 * @param roomBytes what the keys may take in compact JSON, each with the comma before it
 */
export function encodeAnnouncement(
  { view, samples, holders }: Announcement,
  roomBytes: number,
): Readonly<Record<string, string>> {
  const told: Record<string, string> = {};
  let room = roomBytes;
  const tell = (key: string, value: string): void => {
    const bytes = key.length + value.length + FRAME_BYTES;
    if (value === '' || bytes > room) return;
    told[key] = value;
    room -= bytes;
  };
  tell('View', view);
  if (!('View' in told)) return told;
  tell('Ports', encodeHolders(holders));
  const fitting = Math.floor(Math.floor(Math.max(0, room - 'Delays'.length - FRAME_BYTES) / 4) * (3 / SAMPLE_BYTES));
  tell('Delays', encodeSamples(samples.slice(0, Math.min(fitting, MAX_SAMPLES))).toString('base64'));
  return told;
}

/** @param told the metadata's JSON, from anybody; @returns undefined when its host tells of no view */
export function decodeAnnouncement({
  View,
  Ports,
  Delays,
}: Readonly<Record<string, unknown>>): Announcement | undefined {
  if (typeof View !== 'string' || !VIEW.test(View)) return undefined;
  const samples = decodeSamples(bytesOf(Delays));
  return { view: View, samples, holders: decodeHolders(bytesOf(Ports)) };
}

/** Metadata are at most 512 bytes, so this is bounded. */
const bytesOf = (value: unknown): Buffer => Buffer.from(typeof value === 'string' ? value : '', 'base64');

function encodeHolders(holders: ReadonlyMap<number, number>): string {
  const first = [...holders].sort(([a], [b]) => a - b).slice(0, MAX_PORTS);
  const bytes = Buffer.alloc(first.length * PORT_BYTES);
  for (const [i, [port, tag]] of first.entries()) {
    bytes.writeUInt16BE(port, i * PORT_BYTES);
    bytes.writeUInt16BE(tag, i * PORT_BYTES + 2);
  }
  return bytes.toString('base64');
}

function decodeHolders(bytes: Buffer): ReadonlyMap<number, number> {
  const holders = new Map<number, number>();
  for (let at = 0; at + PORT_BYTES <= bytes.length; at += PORT_BYTES)
    holders.set(bytes.readUInt16BE(at), bytes.readUInt16BE(at + 2));
  return holders;
}
