import { messageOf } from '../lib/fault.js';
import type { HttpGet } from '../lib/http-get.js';
import type { Component } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, Millis, Random } from '../lib/ports.js';
import type { ProblemBoard } from '../lib/problems.js';
import { withoutPassword } from '../lib/printable.js';
import { ok, refused, type Result } from '../lib/result.js';
import { aborted, sleep } from '../lib/sleep.js';
import { MAX_STATE_BYTES } from '../service/state-codec.js';
import type { AwaitedMirror } from './awaited-mirror.js';
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
    while (!isEnding() && !mirror.isTold) {
      const state = await this.ask(signal);
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

  private async ask(signal: AbortSignal): Promise<Result<UpstreamState, string>> {
    const late = new AbortController();
    const cancel = this.deps.clock.after(WITHIN_MS, () => late.abort());
    try {
      return await this.read(AbortSignal.any([signal, late.signal]));
    } catch (error) {
      return refused(late.signal.aborted ? `no answer within ${WITHIN_MS / 1000} s` : messageOf(error));
    } finally {
      cancel();
      late.abort(); // what is not read of an answer must not hold its connection
    }
  }

  private async read(signal: AbortSignal): Promise<Result<UpstreamState, string>> {
    const answer = await this.deps.http(this.options.url, signal);
    if (answer.status !== 200) return refused(`the answer has status ${answer.status}`);
    const chunks: Uint8Array[] = [];
    let length = 0;
    for (let chunk = await answer.read(); chunk !== undefined; chunk = await answer.read()) {
      length += chunk.length;
      if (length > MAX_STATE_BYTES) return refused(`the answer is longer than ${MAX_STATE_BYTES} bytes`);
      chunks.push(chunk);
    }
    const state = decodeUpstreamState(Buffer.concat(chunks));
    return state.ok ? ok(state.value) : refused(`the answer is no state: ${sentenceOf(state.fault)}`);
  }
}
