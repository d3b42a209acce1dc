import type { ReloadReason } from '../plan/plan.js';

/** Why HAProxy could not be brought to where it should be while it runs. How much of it was done is unknown: reload. */
export type RuntimeFault =
  /** No complete answer within the bounds; `words` are the system's. */
  | { readonly code: 'SILENT'; readonly words: string }
  | { readonly code: 'NOT_ACCEPTED'; readonly command: string; readonly words: string }
  /** HAProxy accepted the commands, and what it runs is something else. `server` is `backend/name`. */
  | { readonly code: 'NOT_AS_ASKED'; readonly server: string; readonly words: string }
  | { readonly code: 'UNREADABLE'; readonly command: string; readonly words: string }
  /** No IP address and port to tell HAProxy. */
  | { readonly code: 'UNRESOLVED'; readonly server: string; readonly host: string }
  /** A server of that name is still draining, and has other options. */
  | { readonly code: 'ARGS_DIFFER'; readonly server: string }
  /** Something that cannot be said in a command: it would end the line, or begin another one. */
  | { readonly code: 'UNSPEAKABLE'; readonly command: string }
  | { readonly code: 'TOO_MANY_RETIRING'; readonly limit: number };

export function runtimeSentenceOf(fault: RuntimeFault): string {
  switch (fault.code) {
    case 'SILENT':
      return `HAProxy's stats socket: ${fault.words}`;
    case 'NOT_ACCEPTED':
      return `HAProxy refused \`${fault.command}\`: ${fault.words}`;
    case 'NOT_AS_ASKED':
      return `HAProxy accepted all commands for ${fault.server}, and then: ${fault.words}`;
    case 'UNREADABLE':
      return `HAProxy's answer to \`${fault.command}\` cannot be read: ${fault.words}`;
    case 'UNRESOLVED':
      return `${fault.host} of ${fault.server} has no known IP address and port`;
    case 'ARGS_DIFFER':
      return `${fault.server} is still draining, with other options`;
    case 'UNSPEAKABLE':
      return `${JSON.stringify(fault.command)} cannot be said to HAProxy`;
    case 'TOO_MANY_RETIRING':
      return `${fault.limit} servers are draining already`;
  }
}

/** The reload that follows a fault. */
export function reloadReasonOf(fault: RuntimeFault): ReloadReason {
  return { cause: CAUSES[fault.code], text: runtimeSentenceOf(fault) };
}

const CAUSES: Readonly<Record<RuntimeFault['code'], ReloadReason['cause']>> = {
  SILENT: 'runtime-api-silent',
  NOT_ACCEPTED: 'runtime-api-refused',
  NOT_AS_ASKED: 'unknown-state',
  UNREADABLE: 'unknown-state',
  UNRESOLVED: 'hostname',
  ARGS_DIFFER: 'runtime-api-refused',
  UNSPEAKABLE: 'runtime-api-refused',
  TOO_MANY_RETIRING: 'runtime-api-refused',
};
