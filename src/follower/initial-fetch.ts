import type { HttpGet } from '../lib/http-get.js';
import type { Component } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Millis, Random } from '../lib/ports.js';
import type { ProblemBoard } from '../lib/problems.js';
import { withoutPassword } from '../lib/printable.js';
import { refused, type Result } from '../lib/result.js';
import { aborted, sleep } from '../lib/sleep.js';
import { MAX_STATE_BYTES } from '../service/state-codec.js';
import type { AwaitedMirror } from './awaited-mirror.js';
import { EMPTY_HOLD_MS, isHollow, KNOWS_NOTHING } from './doubt.js';
import { Exchange } from './exchange.js';
import type { Receiver } from './receiver.js';
import { sentenceOf } from './update.js';
import { decodeUpstreamState, type UpstreamState } from './upstream-state.js';

const ROOM = 'initial-fetch';
const NOT_FETCHED = 'STATE_NOT_FETCHED';
/** From the first look-up of the name to the last byte (contract section 10.3). */
const WITHIN_MS: Millis = 5_000;
const FIRST_PAUSE_MS: Millis = 1_000;
const LONGEST_PAUSE_MS: Millis = 30_000;

/** Asks for the first state (contract section 10.3), again and again until one has come, from wherever. */
export class InitialFetch implements Component {
  readonly name = ROOM;

  constructor(
    private readonly options: { readonly url: string },
    private readonly deps: {
      readonly mirror: Pick<AwaitedMirror, 'isTold'>;
      readonly receiver: Pick<Receiver, 'fetched'>;
      readonly http: HttpGet;
      readonly clock: Clock;
      readonly random: Random;
      readonly problems: ProblemBoard;
      readonly log: Logger;
    },
  ) {}

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { clock, mirror, problems, random, receiver, log } = this.deps;
    const url = withoutPassword(this.options.url);
    const isEnding = (): boolean => signal.aborted;
    ready(); // what is posted meanwhile is as good
    let pause = FIRST_PAUSE_MS;
    const doubtedUntil = clock.now() + EMPTY_HOLD_MS;
    while (!isEnding() && !mirror.isTold) {
      const state = await this.ask(clock.now() < doubtedUntil, signal);
      if (state.ok) {
        receiver.fetched(state.value, url);
        log.info('the first state is fetched', { url });
      } else if (!isEnding()) {
        const message = `Failed to fetch state from '${url}'... continuing in hopes someone will post it: ${state.fault}`;
        if (problems.raise({ room: ROOM, code: NOT_FETCHED, subject: url, message }))
          log.warn(message, { code: NOT_FETCHED });
        await sleep(clock, pause + random.below(pause), signal);
        pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
      }
    }
    problems.clear(ROOM, NOT_FETCHED, url);
    await aborted(signal);
  }

  /** @param isDoubted whether a state without anything to route is none yet */
  private async ask(isDoubted: boolean, signal: AbortSignal): Promise<Result<UpstreamState, string>> {
    const exchange = new Exchange(this.options.url, this.deps, signal);
    const body = await bodyOf(exchange);
    exchange.end(); // what is not read of an answer must not hold its connection
    if (!body.ok) return body;
    const state = decodeUpstreamState(body.value);
    if (!state.ok) return refused(`the answer is no state: ${sentenceOf(state.fault)}`);
    return isDoubted && isHollow(state.value.state) ? refused(`the one who answers ${KNOWS_NOTHING}`) : state;
  }
}

async function bodyOf(exchange: Exchange): Promise<Result<Uint8Array, string>> {
  const status = await exchange.open(WITHIN_MS);
  if (!status.ok) return status;
  if (status.value !== 200) return refused(`the answer has status ${status.value}`);
  return exchange.body(WITHIN_MS, MAX_STATE_BYTES);
}
