import type { HttpAsk } from '../lib/http-ask.js';
import { formatAddress } from '../lib/ip-address.js';
import type { Millis } from '../lib/ports.js';
import { readOtherHalf, type OtherHalf } from './other-half.js';

/** Where a live member says that its HTTP API is. */
export interface AgentPlace {
  readonly address: string;
  readonly port: number;
  readonly isTls: boolean;
}

export type HalfAnswer =
  | { readonly state: 'answered'; readonly half: OtherHalf }
  | { readonly state: 'unanswered' | 'not-asked'; readonly why: string };

const LIMITS = { timeoutMs: 1_000 satisfies Millis, maxBodyBytes: 1024 * 1024 };

/** The agents of other hosts, each asked for its part of the way. */
export class OriginAgents {
  /**
   * @param options.token our own; it goes only to who shows a certificate for the member's address, as anything else could be
   *                      anybody. Reading needs none: it is for what may stand before an agent
   */
  constructor(
    private readonly options: { readonly token: string | undefined },
    private readonly deps: {
      readonly ask: HttpAsk;
      /** Of a member that is alive; `original`: it says nothing of an HTTP API. */
      readonly placeOf: (host: string) => AgentPlace | 'original' | undefined;
    },
  ) {}

  /** Asks once. Never rejects. */
  async ask(host: string, service: string): Promise<HalfAnswer> {
    const place = this.deps.placeOf(host);
    if (place === undefined) return { state: 'not-asked', why: `${host} is no live member` };
    if (place === 'original')
      return {
        state: 'not-asked',
        why: `${host} says no HTTP port: it is a Sidecar of the original, or of an older version`,
      };
    const at = `${place.isTls ? 'https' : 'http'}://${formatAddress(place)}`;
    const authorization =
      place.isTls && this.options.token !== undefined ? { Authorization: `Bearer ${this.options.token}` } : {};
    const url = `${at}/api/explain?service=${encodeURIComponent(service)}&half=local`; // a slash in a path ends the name
    const headers = { Accept: 'application/json', ...authorization };
    const answer = await this.deps.ask({ method: 'GET', url, headers }, LIMITS);
    const unanswered = (why: string): HalfAnswer => ({ state: 'unanswered', why: `${at} ${why}` });
    switch (answer.outcome) {
      case 'unreachable':
        return unanswered(`does not answer: ${answer.reason}`);
      case 'timed-out':
        return unanswered(`does not answer within ${LIMITS.timeoutMs / 1_000} s`);
      case 'too-long':
        return unanswered('answers with more than 1 MiB');
      case 'answered': {
        const half = answer.status === 200 ? readOtherHalf(answer.body) : undefined;
        return half
          ? { state: 'answered', half }
          : unanswered(`answers with ${answer.status}, and not with its part of the way`);
      }
    }
  }
}
