import { IncomingMessage } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import Docker from 'dockerode';
import type { DockerEngine, EngineFault, EventListener } from '../lib/docker-engine.js';
import { messageOf } from '../lib/fault.js';
import { GatheredBytes } from '../lib/gathered-bytes.js';
import type { Millis } from '../lib/ports.js';
import { printable } from '../lib/printable.js';
import { ok, refused, type Result } from '../lib/result.js';
import { connectionFault } from './connection-fault.js';
import { dockerOptions, type EngineAddress } from './docker-options.js';

/** How long an engine may take for an answer, and for the head of the event stream. */
const ANSWER_WITHIN_MS: Millis = 5_000;
/** Thousands of containers, or one with far too much to say. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;
/** An event holds all labels of its container. */
const MAX_EVENT_CHARS = 1024 * 1024;

/** dockerode reads a body without any bound unless it expects the status; so each is expected here, and judged after. */
const EVERY_STATUS = Object.fromEntries(Array.from({ length: 900 }, (_, i) => [i + 100, true]));

interface Question {
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>>;
}

type Outcome<T> = Result<T, EngineFault>;

/** A running exchange: `end` closes it, whatever still goes on. */
interface Exchange<T> {
  readonly end: (outcome: Outcome<T>) => void;
  readonly fail: (code: EngineFault['code'], why: string) => void;
  /** Lifts the bound on its time. */
  readonly mayLast: () => void;
}

/** An engine behind `url`; nothing is sent before the first question. */
export function dockerEngine(where: EngineAddress): DockerEngine {
  return new SystemDockerEngine(where);
}

class SystemDockerEngine implements DockerEngine {
  readonly address: string;
  private docker: Docker | undefined;

  constructor(private readonly where: EngineAddress) {
    this.address = where.url.replace(/\/\/[^/]*@/, '//');
  }

  async containers(signal: AbortSignal): Promise<Outcome<readonly unknown[]>> {
    const path = '/containers/json';
    const answer = await this.json({ path }, signal);
    if (!answer.ok) return answer;
    return Array.isArray(answer.value) ? ok(answer.value as unknown[]) : unreadable(path, 'the answer is not a list');
  }

  container(id: string, signal: AbortSignal): Promise<Outcome<unknown>> {
    return this.json({ path: `/containers/${encodeURIComponent(id)}/json` }, signal);
  }

  ping(signal: AbortSignal): Promise<Outcome<string>> {
    return this.text({ path: '/_ping' }, signal);
  }

  async events(actions: readonly string[], listener: EventListener, signal: AbortSignal): Promise<EngineFault> {
    this.docker = undefined; // certificates may have been renewed
    const question = { path: '/events', query: { filters: { type: ['container'], event: actions } } };
    const outcome = await this.ask<never>(question, signal, (response, exchange) => {
      if (response.statusCode !== 200) {
        readText(response, exchange, (text) => exchange.fail('ENGINE_REFUSED', refusal(response, text)));
        return;
      }
      exchange.mayLast();
      listener.onOpen();
      readEvents(response, exchange, listener.onEvent);
    });
    return outcome.ok ? outcome.value : outcome.fault;
  }

  private async json(question: Question, signal: AbortSignal): Promise<Outcome<unknown>> {
    const answer = await this.text(question, signal);
    if (!answer.ok) return answer;
    const parsed = parse(answer.value);
    return parsed.ok ? parsed : unreadable(question.path, parsed.fault);
  }

  private text(question: Question, signal: AbortSignal): Promise<Outcome<string>> {
    return this.ask<string>(question, signal, (response, exchange) => {
      readText(response, exchange, (text) => {
        if (response.statusCode === 200) exchange.end(ok(text));
        else exchange.fail('ENGINE_REFUSED', refusal(response, text));
      });
    });
  }

  private ask<T>(
    { path, query = {} }: Question,
    signal: AbortSignal,
    read: (response: IncomingMessage, exchange: Exchange<T>) => void,
  ): Promise<Outcome<T>> {
    return new Promise((resolve) => {
      const connection = new AbortController();
      const end = (outcome: Outcome<T>): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        resolve(outcome);
        connection.abort();
      };
      const fail = (code: EngineFault['code'], why: string): void =>
        end(refused({ code, message: `GET ${path}: ${why}` }));
      const abort = (): void => fail('ENGINE_UNREACHABLE', 'given up');
      const timer = setTimeout(
        () => fail('ENGINE_TIMED_OUT', `no answer within ${ANSWER_WITHIN_MS} ms`),
        ANSWER_WITHIN_MS,
      );
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) {
        abort();
        return;
      }
      try {
        this.docker ??= new Docker(dockerOptions(this.where));
        const dial = { path: `${path}?`, method: 'GET', options: query, isStream: true, statusCodes: EVERY_STATUS };
        this.docker.modem.dial({ ...dial, abortSignal: connection.signal }, (error, response) => {
          if (response instanceof IncomingMessage) {
            response.on('error', (broken) => fail('ENGINE_UNREACHABLE', messageOf(broken)));
            read(response, { end, fail, mayLast: () => clearTimeout(timer) });
          } else {
            fail('ENGINE_UNREACHABLE', connectionFault(error) + hintOf(error));
          }
        });
      } catch (error) {
        fail('ENGINE_UNREACHABLE', messageOf(error)); // certificates, or what dockerode thinks of the environment
      }
    });
  }
}

/** Hands over the whole body, unless it is too long. */
function readText(response: IncomingMessage, { fail }: Pick<Exchange<never>, 'fail'>, done: (text: string) => void) {
  const body = new GatheredBytes(MAX_ANSWER_BYTES);
  response.on('data', (chunk: Buffer) => {
    if (!body.add(chunk)) fail('ENGINE_ANSWER_TOO_LONG', `the answer is longer than ${MAX_ANSWER_BYTES} bytes`);
  });
  response.on('end', () => done(body.take().toString('utf8')));
}

/** One JSON text per line, as the engine writes them. */
function readEvents(response: IncomingMessage, { fail }: Exchange<never>, onEvent: (event: unknown) => void) {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  response.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines.filter((text) => text.trim() !== '')) {
      const event = parse(line);
      if (!event.ok) {
        fail('ENGINE_ANSWER_UNREADABLE', `${event.fault} in ${printable(line)}`);
        return;
      }
      onEvent(event.value);
    }
    if (rest.length > MAX_EVENT_CHARS)
      fail('ENGINE_ANSWER_TOO_LONG', `an event is longer than ${MAX_EVENT_CHARS} characters`);
  });
  response.on('end', () => fail('ENGINE_UNREACHABLE', 'the event stream has ended'));
}

function parse(text: string): Result<unknown, string> {
  try {
    return ok(JSON.parse(text) as unknown);
  } catch (error) {
    return refused(messageOf(error));
  }
}

const unreadable = (path: string, why: string): Outcome<never> =>
  refused({ code: 'ENGINE_ANSWER_UNREADABLE', message: `GET ${path}: ${why}` });

const refusal = ({ statusCode = 0 }: IncomingMessage, text: string): string =>
  `answered ${statusCode}: ${printable(text.trim())}`;

/** The one fault that every new installation meets. */
const hintOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'EACCES'
    ? ' (the agent\'s user may not use the socket: on most systems the group "docker" may)'
    : '';
