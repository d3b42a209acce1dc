import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { messageOf } from '../lib/fault.js';
import type { HttpResponse } from '../lib/http-get.js';
import type { Millis } from '../lib/ports.js';
import { printable } from '../lib/printable.js';
import { sleep } from '../lib/sleep.js';
import { AskError } from './ask.js';
import type { CommandContext } from './command.js';
import { isEvent, type ListedEvent } from './event.js';
import { askHistory, queryOf, type Filters } from './history-answer.js';
import { isObject } from './is-object.js';
import { nowMs } from './now.js';

/** What a stream brings: an event of the agent, or what there is to say of the stream itself. */
export interface StreamLine {
  /** Of kind `connected`, `away` or `gap` when it is about the stream; these have no id. */
  readonly event: Omit<ListedEvent, 'id'>;
  /** The same as one line of JSON: an event as it came, with all its facts. */
  readonly json: string;
}

/** The agent says something at least every 15 s: more than three times that is a connection that is gone. */
const SILENCE_MS: Millis = 50_000;
/** How long to wait before the agent is asked again. */
const RETRY_MS: readonly Millis[] = [500, 1000, 2000, 5000];
/** Of an answer that is no stream. */
const MAX_SEEN_BYTES = 4096;
/** Of one event: more than any has. */
const MAX_EVENT_CHARACTERS = 4 * 1024 * 1024;

/**
 * Follows the events of the agent until the signal aborts. When the agent is away it says so once and goes on from the last event as
 * soon as it is back.
 *
 * @throws AskError when the agent cannot be followed to begin with
 */
export async function* followEvents(
  context: CommandContext,
  filters: Filters,
  signal: AbortSignal,
): AsyncGenerator<StreamLine, void> {
  // Without a first id, what happens before the first event and while the agent is away would be lost.
  let lastId = await newestId(context);
  let [isAway, tries] = [false, 0];
  const path = `/api/events${queryOf(filters)}`;
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    const connection = new Connection(context, signal);
    let reason = 'it closed the connection';
    try {
      const headers = lastId === undefined ? {} : { 'Last-Event-ID': lastId };
      await connection.open(path, { Accept: 'text/event-stream', ...headers });
      yield about(context, 'connected', `${context.agent} is ${isAway ? 'back' : 'followed'}`);
      [isAway, tries] = [false, 0];
      for (let messages = await connection.next(); messages; messages = await connection.next()) {
        for (const message of messages) {
          lastId = message.id ?? lastId;
          yield lineOf(context, message);
        }
      }
    } catch (error) {
      if (isOver()) return;
      reason = connection.isSilent ? `it was silent for ${SILENCE_MS / 1000} s` : messageOf(error);
    } finally {
      connection.close();
    }
    if (!isAway && !isOver()) yield about(context, 'away', `${context.agent} is away (${reason}), it is tried again`);
    isAway = true;
    await sleep(context.clock, RETRY_MS[Math.min(tries, RETRY_MS.length - 1)] ?? 0, signal);
    tries += 1;
  }
}

/** One answer of server-sent events. */
class Connection {
  isSilent = false;
  private readonly end = new AbortController();
  private readonly signal: AbortSignal;
  private readonly decoder = new TextDecoder();
  private readonly parser = createParser({
    onEvent: (message) => this.messages.push(message),
    maxBufferSize: MAX_EVENT_CHARACTERS,
  });
  private messages: EventSourceMessage[] = [];
  private response: HttpResponse | undefined;
  private cancelWatch = (): void => undefined;

  constructor(
    private readonly context: CommandContext,
    signal: AbortSignal,
  ) {
    this.signal = AbortSignal.any([signal, this.end.signal]);
  }

  /** @throws AskError when the answer is no stream of events */
  async open(path: string, headers: Readonly<Record<string, string>>): Promise<void> {
    this.watch();
    this.response = await this.context.open(path, headers, this.signal);
    const { status } = this.response;
    if (status === 200) return;
    const { agent } = this.context;
    const seen = `${status} and ${printable(await this.beginning())}`;
    throw new AskError({ code: 'NOT_AN_AGENT', agent, asked: `GET ${path}`, seen });
  }

  /** @returns the messages that have come next, perhaps none; undefined at the end */
  async next(): Promise<readonly EventSourceMessage[] | undefined> {
    this.watch();
    const bytes = await this.response?.read();
    if (bytes === undefined) return undefined;
    this.messages = [];
    this.parser.feed(this.decoder.decode(bytes, { stream: true }));
    return this.messages;
  }

  close(): void {
    this.cancelWatch();
    this.end.abort();
  }

  private async beginning(): Promise<string> {
    let text = '';
    for (let bytes = await this.response?.read(); bytes; bytes = await this.response?.read()) {
      text += this.decoder.decode(bytes, { stream: true });
      if (text.length > MAX_SEEN_BYTES) break;
    }
    return text;
  }

  private watch(): void {
    this.cancelWatch();
    this.cancelWatch = this.context.clock.after(SILENCE_MS, () => {
      this.isSilent = true;
      this.end.abort();
    });
  }
}

/** Undefined when the agent keeps no events. @throws AskError */
async function newestId(context: CommandContext): Promise<string | undefined> {
  const answer = await askHistory(context, { limit: '1' });
  if ('events' in answer) return answer.events.at(-1)?.id.toString();
  const seen = printable(answer.message);
  throw new AskError({ code: 'NOT_AN_AGENT', agent: context.agent, asked: 'GET /api/history', seen });
}

/** @throws when the message is none that an agent sends */
function lineOf(context: CommandContext, { event, data }: EventSourceMessage): StreamLine {
  const json: unknown = JSON.parse(data);
  if (isEvent(json)) return { event: json, json: data };
  if (event === 'gap' && isObject(json)) {
    const lost = typeof json['lost'] === 'number' ? `${json['lost']} events` : 'nobody knows how many events';
    return about(context, 'gap', `${lost} are missing here: the agent no longer has them`);
  }
  throw new Error(`it sent what is no event: ${printable(data)}`);
}

function about(context: CommandContext, kind: 'connected' | 'away' | 'gap', text: string): StreamLine {
  const event = { time: new Date(nowMs(context)).toISOString(), kind, what: kind, text };
  return { event, json: JSON.stringify(event) };
}
