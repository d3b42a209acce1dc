import type { AskHost } from '../lib/ask-host.js';
import { readOtherHalf, type OtherHalf } from './other-half.js';

export type HalfAnswer =
  | { readonly state: 'answered'; readonly half: OtherHalf }
  | { readonly state: 'unanswered' | 'not-asked'; readonly why: string };

/** The agents of other hosts, each asked for its part of the way. */
export class OriginAgents {
  constructor(private readonly askHost: AskHost) {}

  /** Asks once. Never rejects. */
  async ask(host: string, service: string): Promise<HalfAnswer> {
    // A slash in a path would end the name.
    const answer = await this.askHost(host, `/api/explain?service=${encodeURIComponent(service)}&half=local`);
    if (answer.state !== 'answered')
      return answer.state === 'not-asked' ? { ...answer, why: `${host} was not asked: ${answer.why}` } : answer;
    const { at, status, body } = answer;
    const half = status === 200 ? readOtherHalf(body) : undefined;
    if (half) return { state: 'answered', half };
    return { state: 'unanswered', why: `${at} answers with ${status}, and not with its part of the way` };
  }
}
