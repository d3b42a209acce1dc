import type { ChangeEvent } from '../catalog/reader.js';
import { CHANGE_REASONS, type ChangeReason } from '../catalog/reason.js';
import { statusName } from '../service/service.js';
import type { ServiceHappening } from './event.js';

/** Of what a check showed; it may be long, and is kept for each change. */
const MAX_DETAIL = 1_024;

const OF_CHECKS: ReadonlySet<ChangeReason> = new Set<ChangeReason>(['check-passed', 'check-failed', 'check-timed-out']);

/** What is kept of what a check showed. */
export const shortened = (output: string): string =>
  output.length <= MAX_DETAIL ? output : `${output.slice(0, MAX_DETAIL - 1)}…`;

/** How a record came from a peer. */
export type Came = Pick<ServiceHappening, 'from' | 'lateMs'>;

const FROM_NOBODY: Came = { from: undefined, lateMs: undefined };

/**
 * @param withOutput whether what checks show is told
 * @param came       of a record that a peer told us
 */
export function serviceHappening(event: ChangeEvent, withOutput: boolean, came = FROM_NOBODY): ServiceHappening {
  const { kind: what, service: record, previousStatus: previous, reason, time: lastChanged } = event;
  const { name: service, hostname: host, id: instance, status } = record;
  const isHidden = !withOutput && OF_CHECKS.has(reason);
  const detail = event.detail === undefined || isHidden ? undefined : shortened(event.detail);
  const lateMs = came.lateMs === undefined ? undefined : Math.round(came.lateMs * 1_000) / 1_000;
  const why = `${CHANGE_REASONS[reason]}${detail === undefined ? '' : `: ${detail}`}`;
  const text = `${service} on ${host} (${instance}) ${changeOf(event)}: ${why}`;
  return {
    ...{ kind: 'service', what, service, host, instance, text, status, previous, reason, detail },
    ...{ from: came.from, lateMs, lastChanged, record },
  };
}

function changeOf({ kind, service: { status }, previousStatus, reason }: ChangeEvent): string {
  switch (kind) {
    case 'added':
      return `${reason === 'uncovered' ? 'is back' : 'is new'} and ${statusName(status)}`;
    case 'status':
      return `was ${statusName(previousStatus)} and is ${statusName(status)}`;
    case 'content':
      return 'is described in another way';
    case 'removed':
      return reason === 'hidden' ? 'is left out' : 'is forgotten';
  }
}
