import type { Member, Versions } from '../../data/answers.js';
import type { Convergence, Standing } from '../../data/convergence.js';
import { count } from '../../words/service.js';
import { delayText, durationText } from '../../words/time.js';

/** A word or two, and whether somebody should look at it. */
export interface Words {
  readonly text: string;
  readonly tone: 'plain' | 'soft' | 'warn' | 'bad';
}

const STATES: Readonly<Record<string, string>> = {
  alive: 'Alive',
  suspect: 'Suspect',
  dead: 'Dead',
  left: 'Left',
  missing: 'Missing',
  unknown: 'not known',
};

/** How a member stands in the belief of a host. */
export const stateText = (state: string): string => STATES[state] ?? state;

/** For who points at it. */
export const exactMs = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : `${ms} ms`);

const HEARD_NOW_MS = 5_000;

export function heardText({ isSelf, lastHeardAgoMs }: Member): string {
  if (isSelf) return 'this agent';
  if (lastHeardAgoMs === undefined) return '–';
  return lastHeardAgoMs < HEARD_NOW_MS ? 'just now' : `${durationText(lastHeardAgoMs)} ago`;
}

export const roundTripText = ({ roundTripMs }: Member): string =>
  roundTripMs === undefined ? '–' : delayText(roundTripMs);

/** What two clocks differ by without anybody noticing, and what makes records and logs doubtful. */
const IN_STEP_MS = 100;
const OFF_MS = 1_000;

/** How its clock goes, compared with that of the agent. */
export function clockWords({ isSelf, skewMs }: Member): Words {
  if (isSelf || skewMs === undefined) return { text: '–', tone: 'soft' };
  const off = Math.abs(skewMs);
  if (off < IN_STEP_MS) return { text: 'in step', tone: 'soft' };
  return { text: `${delayText(off)} ${skewMs > 0 ? 'ahead' : 'behind'}`, tone: off < OFF_MS ? 'plain' : 'warn' };
}

/** What its HAProxy serves, compared with that of the agent. */
export function standingWords(standing: Standing | undefined): Words {
  switch (standing?.state ?? 'unknown') {
    case 'level':
      return { text: 'level', tone: 'plain' };
    case 'changing':
      return { text: 'changing', tone: 'plain' };
    case 'behind':
      return { text: behindText(standing?.behindMs), tone: 'bad' };
    case 'different':
      return { text: 'different', tone: 'bad' };
    case 'silent':
      return { text: 'no HAProxy', tone: 'soft' };
    default:
      return { text: '–', tone: 'soft' };
  }
}

const behindText = (ms: number | undefined): string => (ms === undefined ? 'behind' : `${delayText(ms)} behind`);

/** What those words mean, in a sentence. */
export function standingText(standing: Standing | undefined, asker: string): string {
  switch (standing?.state ?? 'unknown') {
    case 'level':
      return `Its HAProxy serves the same as the one of ${asker}.`;
    case 'changing':
      return `Its HAProxy serves something else than the one of ${asker}, for no longer than telling it takes.`;
    case 'behind':
      return `Its HAProxy serves what the one of ${asker} served before: it refuses the change, or a reload waits.`;
    case 'different':
      return `Its HAProxy serves what the one of ${asker} never served: a contested ServicePort, a service that is set aside, or members that do not see each other.`;
    case 'silent':
      return 'It tells of no HAProxy: it has none, or runs Go Sidecar.';
    default:
      return `${asker} has no HAProxy to compare with.`;
  }
}

/** Of the digest as much as tells two apart. */
export const hashText = ({ viewHash }: Standing): string => viewHash?.slice(0, 8) ?? '';

export function versionText({ protocol, delegate }: Versions): string {
  const of = ([least, most, current]: readonly [number, number, number]): string =>
    least === most ? `${current}` : `${current} of ${least}–${most}`;
  return `gossip protocol ${of(protocol)}, delegate ${of(delegate)}`;
}

/** Members that do not speak what most speak, by name. */
export function oddVersions(members: readonly Member[]): ReadonlyMap<string, string> {
  const told = members.flatMap(({ name, versions }) => (versions ? [{ name, text: versionText(versions) }] : []));
  const times = new Map<string, number>();
  for (const { text } of told) times.set(text, (times.get(text) ?? 0) + 1);
  const most = Math.max(0, ...times.values());
  return new Map(told.filter(({ text }) => (times.get(text) ?? 0) < most).map(({ name, text }) => [name, text]));
}

/** How long changes take to every HAProxy of the cluster, in a sentence. */
export function delaysText(convergence: Convergence | undefined): string {
  if (!convergence) return 'Not known yet.';
  const { p50Ms, p99Ms, changes } = convergence.delays;
  if (p50Ms === undefined || p99Ms === undefined || changes === 0) return 'Nothing has changed within the last hour.';
  if (changes === 1) return `The last change was in every HAProxy after ${delayText(p99Ms)}.`;
  return `Of the last ${count(changes, 'change')} half were in every HAProxy within ${delayText(p50Ms)}, 99 of 100 within ${delayText(p99Ms)}.`;
}
