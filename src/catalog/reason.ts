/** Why a record changed: stable words for programs. Later rooms add theirs here, so that there is one list. */
export const CHANGE_REASONS = {
  discovered: 'found on this host by discovery',
  'check-passed': 'its health check passed',
  'check-failed': 'its health check failed',
  'check-timed-out': 'its health check did not end in time',
  'not-checked-yet': 'no check has ended within a second of its discovery',
  draining: 'it is drained',
  'drain-ended': 'its drain is over',
  described: 'its description on this host changed',
  gone: 'discovery on this host no longer reports it',
  expired: 'its host has not refreshed it for the length of its life',
  'member-lost': 'its host left the cluster or died',
  received: 'a peer told us',
  restored: 'known from before the agent started',
  withdrawn: 'this host leaves the cluster',
  vanished: 'the agent that is followed no longer knows of it',
  hidden: 'a service of this machine stands in its place',
  uncovered: 'no service of this machine stands in its place any more',
  forgotten: 'its tombstone was old enough to be deleted',
} as const;

export type ChangeReason = keyof typeof CHANGE_REASONS;
