import type { MemberEvent } from '../gossip/core/ports.js';
import type { ProxyNews } from '../haproxy/diary.js';
import { ROOM as HAPROXY } from '../haproxy/problems.js';
import type { CheckState } from '../health/check-report.js';
import type {
  CheckHappening,
  MemberHappening,
  ProblemHappening,
  ProxyHappening,
  RefusalHappening,
  SetAsideHappening,
} from '../journal/event.js';
import { shortened } from '../journal/service-happening.js';
import type { ProblemChange } from '../lib/problems.js';
import type { RefusedRecord } from '../replication/refused-records.js';
import { SET_ASIDE } from './proxy-facts.js';

/** What is worth telling of the members. */
export class MemberNews {
  /** Where each member was when somebody claimed its name: the claim comes again and again. */
  private readonly claimed = new Map<string, string>();

  /** @returns undefined for what was told before, and for what a member renews about itself, each second if it likes */
  happeningOf({ type, member }: MemberEvent): MemberHappening | undefined {
    const { name: host, state } = member;
    const address = `${member.address}:${member.port}`;
    const isKnownClaim = this.claimed.get(host) === address;
    if (type === 'conflict') this.claimed.set(host, address);
    else this.claimed.delete(host);
    switch (type) {
      case 'join':
        return { kind: 'member', what: 'joined', host, address, text: `${host} is in the cluster, at ${address}` };
      case 'leave':
        return state === 'left'
          ? { kind: 'member', what: 'left', host, address, text: `${host} has left the cluster` }
          : { kind: 'member', what: 'failed', host, address, text: `${host} does not answer, and is held for dead` };
      case 'conflict': {
        const text = `somebody claims the name of ${host}, which is alive at ${address}`;
        return isKnownClaim ? undefined : { kind: 'member', what: 'conflict', host, address, text };
      }
      case 'update':
        return undefined;
    }
  }
}

export function refusalHappening({
  name: service,
  hostname: host,
  id: instance,
  code,
  why,
}: RefusedRecord): RefusalHappening {
  const text = `${service} on ${host} (${instance}) was not taken from a peer: it ${why}`;
  return { kind: 'refusal', what: 'refused', service, host, instance, text, code };
}

/** @param host this one */
export function proxyHappening({ config, tookMs: exactly, ...news }: ProxyNews, host: string): ProxyHappening {
  const tookMs = exactly === undefined ? undefined : Math.round(exactly * 1_000) / 1_000;
  return { kind: 'proxy', ...news, tookMs, host, digest: config?.digest };
}

const OUTCOMES = { 'check-passed': 'passed', 'check-failed': 'failed', 'check-timed-out': 'timed-out' } as const;

const WORDS: Readonly<Record<CheckHappening['what'], string>> = {
  passed: 'passed',
  failed: 'failed',
  'timed-out': 'did not end in time',
};

/**
 * @param before     undefined: nothing was known of its health
 * @param withOutput whether what the check showed is told
 * @returns undefined while only what it shows is new
 */
export function checkHappening(
  { id: instance, name: service }: { readonly id: string; readonly name: string },
  state: CheckState,
  before: CheckState | undefined,
  host: string,
  withOutput: boolean,
): CheckHappening | undefined {
  if (before?.reason === state.reason && before.status === state.status) return undefined;
  const what = OUTCOMES[state.reason];
  const detail = withOutput && state.output !== '' ? shortened(state.output) : undefined;
  const text = `the health check of ${service} (${instance}) ${WORDS[what]}${detail === undefined ? '' : `: ${detail}`}`;
  return { kind: 'check', what, service, host, instance, text, detail };
}

/** A service or a ServicePort that is left out of the configuration is a problem of the room that drives HAProxy. */
export function problemHappening({ what, problem }: ProblemChange, host: string): ProblemHappening | SetAsideHappening {
  const { room, code, subject, message } = problem;
  const text = what === 'raised' ? message : `over: ${message}`;
  if (room !== HAPROXY || !SET_ASIDE.has(code)) return { kind: 'problem', what, host, text, room, code, subject };
  const [, service] = /^([^ :"]+)(?::\d{1,5})?(?: |$)/.exec(subject) ?? [];
  return { kind: 'set-aside', what, service, host, text, code, subject };
}
