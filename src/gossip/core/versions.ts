import type { Bytes } from '../wire/message.js';
import type { Versions } from './ports.js';

const VSN_BYTES = 6;

/** What a Sidecar understands and speaks of the protocol itself (PROTOCOL 17); the delegate's numbers are a setting. */
const PROTOCOL_VERSIONS = { pmin: 1, pmax: 5, pcur: 2 } as const;

/** From which pmax on a member can be sent what (PROTOCOL 17). */
export const UNDERSTANDS = { streamPing: 3, nack: 4, checksum: 5 } as const;

/** What a member that says nothing of its versions counts as. */
export const NO_VERSIONS: Versions = { pmin: 0, pmax: 0, pcur: 0, dmin: 0, dmax: 0, dcur: 0 };

/** The versions of this program with the given delegate numbers. */
export function ownVersions([dmin, dmax, dcur]: readonly [number, number, number]): Versions {
  return { ...PROTOCOL_VERSIONS, dmin, dmax, dcur };
}

/** A Vsn field; undefined if it is not six bytes long. */
export function parseVsn(vsn: Bytes): Versions | undefined {
  if (vsn.length !== VSN_BYTES) return undefined;
  const [pmin = 0, pmax = 0, pcur = 0, dmin = 0, dmax = 0, dcur = 0] = vsn;
  return { pmin, pmax, pcur, dmin, dmax, dcur };
}

export function vsnOf({ pmin, pmax, pcur, dmin, dmax, dcur }: Versions): Bytes {
  return Uint8Array.of(pmin, pmax, pcur, dmin, dmax, dcur);
}

export function sameVersions(a: Versions, b: Versions): boolean {
  return Buffer.compare(vsnOf(a), vsnOf(b)) === 0;
}

/** One member's versions, as one side of a push/pull has them. */
export interface VersionEntry {
  readonly name: string;
  readonly versions: Versions;
  /** Only those alive say what everybody must understand. */
  readonly alive: boolean;
}

/** Who speaks what the others do not all understand. */
export interface VersionMismatch {
  readonly code: 'VERSIONS_INCOMPATIBLE';
  readonly member: string;
  readonly part: 'protocol' | 'delegate';
  readonly speaks: number;
  /** What all that are alive understand, as [from, to]; empty when from is the larger. */
  readonly understood: readonly [number, number];
}

/**
 * Whether two lists of members may be merged: every one of them, whatever its state, must speak versions that all those alive
 * understand (PROTOCOL 12, version check).
 *
 * @returns the first that does not, or undefined
 */
export function versionMismatch(entries: readonly VersionEntry[]): VersionMismatch | undefined {
  const range = { pmin: 0, pmax: 255, dmin: 0, dmax: 255 };
  for (const { versions, alive } of entries) {
    if (!alive) continue;
    range.pmin = Math.max(range.pmin, versions.pmin);
    range.pmax = Math.min(range.pmax, versions.pmax);
    range.dmin = Math.max(range.dmin, versions.dmin);
    range.dmax = Math.min(range.dmax, versions.dmax);
  }
  for (const { name, versions } of entries) {
    const { pcur, dcur } = versions;
    if (pcur < range.pmin || pcur > range.pmax) return mismatch(name, 'protocol', pcur, [range.pmin, range.pmax]);
    if (dcur < range.dmin || dcur > range.dmax) return mismatch(name, 'delegate', dcur, [range.dmin, range.dmax]);
  }
  return undefined;
}

function mismatch(
  member: string,
  part: VersionMismatch['part'],
  speaks: number,
  understood: readonly [number, number],
): VersionMismatch {
  return { code: 'VERSIONS_INCOMPATIBLE', member, part, speaks, understood };
}

/** Whether these numbers make sense at all; upstream ignores members of whom they do not (PROTOCOL 12). */
export function plausible({ pmin, pmax }: Versions): boolean {
  return pmin !== 0 && pmax !== 0 && pmin <= pmax;
}
