import { Status, statusName } from '../service/service.js';
import type { Code } from './codes.js';
import type { HostFacts, RecordFacts, RefusedFacts, StrangerFacts, TraceFacts } from './facts.js';
import { done, stopped, unknown, waiting, type Step } from './step.js';
import { foreignWords, span } from './words.js';

/** What this host knows of how one instance came here. */
export interface Arrival {
  readonly host: string;
  /** It is an instance of this host. */
  readonly isOwn: boolean;
  readonly known: RecordFacts | undefined;
  readonly refused: RefusedFacts | undefined;
  readonly member: HostFacts | undefined;
  /** It knocks and is of another cluster, whatever it was before. */
  readonly stranger: StrangerFacts | undefined;
  /** This host hears less than half of the members that it knew. */
  readonly isCutOff: boolean;
  readonly clusterName: string;
  readonly trace: TraceFacts;
}

/** From its host into the catalog of this one. */
export const arrivalWalk = (arrival: Arrival): readonly Step[] => [
  memberStep(arrival),
  receivedStep(arrival),
  acceptedStep(arrival),
  storedStep(arrival),
];

const isStale = ({ trace }: Arrival): boolean => trace.drafted.some(({ stale }) => stale);

function memberStep(arrival: Arrival): Step {
  const { host, isOwn, member, stranger, isCutOff, clusterName, known } = arrival;
  if (isOwn) return done('member', `${host} is this host`);
  if (stranger) {
    const facts = { theirs: stranger.clusterName, ours: clusterName };
    return stopped('member', 'OTHER_CLUSTER', foreignWords(stranger, clusterName), facts);
  }
  if (!member) return unknown('member', `${host} is no member: another host speaks for it, or it is borrowed`);
  const { state, lastHeardAgoMs, skewMs } = member;
  const facts = { state, lastHeardAgoMs, skewMs };
  const heard = lastHeardAgoMs === undefined ? '' : `, last heard ${span(lastHeardAgoMs)} ago`;
  if (state === 'alive' || state === 'suspect') return done('member', `${host} is ${state}${heard}`, facts);
  if (state === 'left') return stopped('member', 'HOST_LEFT', `${host} left the cluster${heard}`, facts);
  const text = `${host} is held for dead${heard}`;
  // What follows says more of these: it is still served, or was never heard of since the start.
  const isKept = known !== undefined && known.isRestored && known.record.status !== Status.Tombstone;
  if (isKept) return { step: 'member', state: 'waiting', text, facts, code: undefined };
  if (isCutOff)
    return stopped('member', 'CUT_OFF', `${text}, and so is most of the cluster: this host is cut off`, facts);
  if (isStale(arrival)) return { step: 'member', state: 'waiting', text, facts, code: undefined };
  return stopped('member', 'HOST_DEAD', text, facts);
}

function receivedStep({ isOwn, known, refused, member }: Arrival): Step {
  if (isOwn) return done('received', 'nothing is to be received: it runs here');
  if (!known) {
    if (refused) return done('received', 'it came', { at: refused.atNs });
    return waiting('received', 'NOT_RECEIVED', 'it has not come here');
  }
  const { receipt, isRestored } = known;
  if (!receipt)
    return unknown('received', isRestored ? 'it has not come since the start' : 'nobody remembers how it came');
  const { atNs, way, from, lateMs } = receipt;
  const correctedMs = lateMs + (member?.skewMs ?? 0);
  const facts = { at: atNs, way, from, lateMs: correctedMs, skewMs: member?.skewMs };
  const through = from === undefined ? '' : ` from ${from}`;
  const how = way === 'message' ? 'as a message' : 'in a full exchange';
  const when =
    correctedMs < 0 ? `dated ${span(-correctedMs)} ahead of our clock` : `${span(correctedMs)} after its host said it`;
  return done('received', `it came ${how}${through}, ${when}`, facts);
}

const REFUSED: Readonly<Record<string, Code>> = {
  FROM_THE_FUTURE: 'CLOCK_AHEAD',
  STALE: 'RECORD_TOO_OLD',
  CATALOG_FULL: 'CATALOG_FULL',
};

function acceptedStep({ refused, known }: Arrival): Step {
  if (!refused) return done('accepted', 'nothing of it is refused');
  const { code, why, atNs, updated } = refused;
  // The version from before counts until it runs out.
  const what =
    known && known.record.status !== Status.Tombstone ? 'what its host says now is refused' : 'it is refused';
  return stopped('accepted', REFUSED[code] ?? 'BAD_VALUE', `${what}: it ${why}`, { code, at: atNs, updated });
}

function storedStep(arrival: Arrival): Step {
  const { known, isOwn } = arrival;
  if (!known) return waiting('stored', 'NOT_RECEIVED', 'the catalog does not have it');
  const { record, lastChange, isRestored } = known;
  const status = statusName(record.status);
  const facts = { status, reason: lastChange?.reason, since: lastChange?.atNs, updated: record.updated, isRestored };
  switch (record.status) {
    case Status.Alive:
      if (isRestored && !isOwn)
        return waiting(
          'stored',
          'RESTORED_NOT_REFRESHED',
          'it is known from before the start of this agent only',
          facts,
        );
      return done('stored', `the catalog has it as ${status}`, facts);
    case Status.Draining:
      return stopped('stored', 'DRAINED', 'its host says that it drains', facts);
    case Status.Unhealthy:
      return stopped('stored', 'REPORTED_UNHEALTHY', 'its host says that it is unhealthy', facts);
    case Status.Unknown:
      return waiting('stored', 'NOT_CHECKED_YET', 'its host says that it has not checked it yet', facts);
    default:
      return endedStep(arrival, lastChange?.reason, facts);
  }
}

function endedStep(arrival: Arrival, reason: string | undefined, facts: Step['facts']): Step {
  const { known } = arrival;
  if (isStale(arrival))
    return stopped('stored', 'STALE_HELD', 'it is out of sight, and still served because nothing else is left', facts);
  if (reason === 'member-lost')
    return waiting('stored', 'EXPIRED', 'it ended with its host, and has not been announced again', facts);
  if (reason === 'expired' || known?.isOutOfSight === true)
    return stopped('stored', 'EXPIRED', 'its record was not refreshed and has run out', facts);
  return stopped('stored', 'ENDED', 'its host says that it is gone', facts);
}
