import type { HttpGet } from '../lib/http-get.js';
import type { Clock, Millis } from '../lib/ports.js';
import { ok, refused, type Result } from '../lib/result.js';
import type { RecordFault } from '../service/decode-service.js';
import { MAX_STATE_BYTES } from '../service/state-codec.js';
import { Exchange } from './exchange.js';
import { JsonStream } from './json-stream.js';
import { failed, type UpstreamFault } from './upstream-fault.js';
import { sentenceOf } from './update.js';
import { decodeUpstreamState, type UpstreamState } from './upstream-state.js';

const HEAD_WITHIN_MS: Millis = 5_000;
/** A whole body, and each object of a stream, however slowly it drips. */
const BODY_WITHIN_MS: Millis = 30_000;
/** A stream that says nothing for so long is opened anew (contract section 10.7). */
const IDLE_MS: Millis = 3 * 60_000;

/** Where a Sidecar has its API: version 1, 2 and ours; version 2 alone (contract section 7.1). */
const PREFIXES = ['', '/api'] as const;
const NO_SUCH_ROUTE: ReadonlySet<number> = new Set([404, 405]);
/** Whole states, from our own agents with the extras of records; an original passes over what it does not know. */
const WATCH = '/watch?by_service=false&ext=1';
const STATE = '/state.json?ext=1';

type Outcome<T> = Result<T, UpstreamFault>;

/** The questions that an upstream is asked, and how long it may take and how much it may say. */
export class UpstreamApi {
  private foundPrefix: string | undefined;

  /** @param base what stands before the path in its URLs */
  constructor(
    private readonly base: string,
    private readonly deps: { readonly http: HttpGet; readonly clock: Clock },
  ) {}

  /** Where its API begins: empty or `/api`. Known when a state has been had. */
  get prefix(): string {
    return this.foundPrefix ?? '';
  }

  /** Its whole state. */
  async state(signal: AbortSignal): Promise<Outcome<UpstreamState>> {
    const prefixes = this.foundPrefix === undefined ? PREFIXES : [this.foundPrefix];
    for (const prefix of prefixes) {
      const path = prefix + STATE;
      const body = await this.body(path, signal);
      if (!body.ok) return body;
      if (!body.value) continue;
      const received = decodeUpstreamState(body.value);
      if (!received.ok) return refused(unreadable(path, received.fault));
      this.foundPrefix = prefix;
      return received;
    }
    return refused(failed(`has no ${prefixes.map((prefix) => prefix + STATE).join(' and no ')}: is it a Sidecar?`));
  }

  /**
   * Listens to its stream.
   *
   * @param onObject receives an object that nobody has parsed yet, of those that come together only the last; its fault ends the stream
   * @returns why the stream has ended; undefined when it was idle
   */
  async watch(
    onObject: (object: Uint8Array, path: string) => UpstreamFault | undefined,
    signal: AbortSignal,
  ): Promise<UpstreamFault | undefined> {
    const path = this.prefix + WATCH;
    const exchange = new Exchange(this.base + path, this.deps, signal);
    const status = await exchange.open(HEAD_WITHIN_MS);
    const fault =
      status.ok && status.value === 200 ? await this.listen(exchange, path, onObject) : notOpened(path, status);
    exchange.end();
    return fault;
  }

  private async listen(
    exchange: Exchange,
    path: string,
    onObject: (object: Uint8Array, path: string) => UpstreamFault | undefined,
  ): Promise<UpstreamFault | undefined> {
    const { clock } = this.deps;
    const stream = new JsonStream(MAX_STATE_BYTES);
    let [since, mustSpeak] = [clock.now(), true]; // the first object comes at once
    while (true) {
      const chunk = await exchange.read(since + (mustSpeak ? BODY_WITHIN_MS : IDLE_MS) - clock.now());
      if (!chunk.ok && chunk.fault === undefined && !mustSpeak) return undefined;
      if (!chunk.ok)
        return failed(`GET ${path}: ${chunk.fault ?? `no object is whole within ${BODY_WITHIN_MS / 1000} s`}`);
      if (!chunk.value) return failed(`GET ${path}: the stream was closed${stream.isAmid ? ' amid an object' : ''}`);
      const object = stream.push(chunk.value);
      if (!object.ok) return failed(`GET ${path}: ${object.fault}`);
      const fault = object.value && onObject(object.value, path);
      if (fault) return fault;
      const begins = stream.isAmid && !mustSpeak;
      if (object.value || begins) [since, mustSpeak] = [clock.now(), stream.isAmid];
    }
  }

  /** @returns undefined when there is no such route */
  private async body(path: string, signal: AbortSignal): Promise<Outcome<Uint8Array | undefined>> {
    const exchange = new Exchange(this.base + path, this.deps, signal);
    const status = await exchange.open(HEAD_WITHIN_MS);
    let body: Outcome<Uint8Array | undefined>;
    if (status.ok && NO_SUCH_ROUTE.has(status.value)) body = ok(undefined);
    else if (!status.ok || status.value !== 200) body = refused(notOpened(path, status));
    else {
      const read = await exchange.body(BODY_WITHIN_MS, MAX_STATE_BYTES);
      body = read.ok ? read : refused(failed(`GET ${path}: ${read.fault}`));
    }
    exchange.end();
    return body;
  }
}

/** What to say of an answer that is of no use. */
export const unreadable = (path: string, fault: RecordFault): UpstreamFault =>
  failed(`GET ${path}: ${sentenceOf(fault)}`);

const notOpened = (path: string, status: Result<number, string>): UpstreamFault =>
  failed(`GET ${path}: ${status.ok ? `answers ${status.value}, expected 200` : status.fault}`);
