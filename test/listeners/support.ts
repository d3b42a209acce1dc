import { readFileSync } from 'node:fs';
import { Catalog } from '../../src/catalog/catalog.js';
import type { HttpMessage, HttpReceipt, HttpSend } from '../../src/lib/http-ask.js';
import type { ProbeResult } from '../../src/lib/probe.js';
import { ProblemBoard } from '../../src/lib/problems.js';
import { Listeners } from '../../src/listeners/listeners.js';
import type { TargetOptions } from '../../src/listeners/target.js';
import type { Service } from '../../src/service/service.js';
import { silent } from '../support/log.js';
import { record } from '../support/records.js';
import { FakeClock, fakeWall, settle } from '../support/time.js';

/** A message as a listener has received it. */
export interface Received extends Omit<HttpMessage, 'body'> {
  readonly body: string;
}

export const answered = (status: number, location?: string, cookies: readonly string[] = []): HttpReceipt => ({
  outcome: 'answered',
  ...{ status, location, cookies },
});
export const OUT_OF_REACH: HttpReceipt = {
  outcome: 'unreachable',
  reason: 'connect ECONNREFUSED',
  hasConnected: false,
};
export const SILENT: HttpReceipt = { outcome: 'timed-out', hasConnected: true };

/** The listeners of a network: what they received, and what they answer. */
export class HttpDouble {
  readonly received: Received[] = [];
  answer: (message: Received) => HttpReceipt | Promise<HttpReceipt> = () => answered(200);

  readonly send: HttpSend = async ({ body, ...head }, { signal }) => {
    const message = { ...head, body: Buffer.concat(body).toString() };
    this.received.push(message);
    let hangUp = (): void => undefined;
    const hungUp = new Promise<HttpReceipt>((resolve) => (hangUp = () => resolve(SILENT)));
    signal.addEventListener('abort', hangUp);
    const receipt = await Promise.race([this.answer(message), hungUp]);
    signal.removeEventListener('abort', hangUp);
    return receipt;
  };

  /** The names of the services whose events `url` has received, in order. */
  told(url: string): readonly string[] {
    return this.received.filter((message) => message.url === url).map(({ body }) => eventOf(body).Service.Name);
  }
}

interface Body {
  readonly State: { readonly Servers: Readonly<Record<string, { readonly Services: object }>> };
  readonly ChangeEvent: {
    readonly Service: { readonly Name: string; readonly Status: number };
    readonly PreviousStatus: number;
    readonly Time: string;
  };
}

export const bodyOf = (text: string): Body => JSON.parse(text) as Body;
export const eventOf = (text: string): Body['ChangeEvent'] => bodyOf(text).ChangeEvent;

/** Listeners at work on a catalog, in a time of their own. */
export class Desk {
  readonly clock = new FakeClock();
  readonly wall = fakeWall(this.clock);
  readonly catalog: Catalog;
  readonly http = new HttpDouble();
  readonly problems = new ProblemBoard(this.wall);
  readonly probes: string[] = [];
  canConnect = false;
  readonly listeners: Listeners;
  private readonly stop = new AbortController();
  private readonly ended: Promise<void>;

  constructor(options: Partial<TargetOptions> = {}, clusterName = 'samplecluster') {
    this.catalog = new Catalog({ clusterName, hostname: 'h1' }, this.clock);
    this.listeners = new Listeners(
      { urls: [], path: '/update', hostname: 'h1', ...options },
      {
        catalog: this.catalog,
        send: this.http.send,
        probe: (target): Promise<ProbeResult> => {
          this.probes.push(`${target.host} ${target.port}`);
          return Promise.resolve({ outcome: this.canConnect ? 'passed' : 'failed', output: '' });
        },
        ...{ clock: this.clock, wall: this.wall, problems: this.problems, log: silent },
        random: { below: () => 0 },
      },
    );
    this.ended = this.listeners.run(this.stop.signal, () => undefined);
  }

  /** A record appears. */
  merge(overrides: Partial<Service>): void {
    this.catalog.merge(record(overrides), { reason: 'received' });
  }

  /** Records of these names appear, one after the other. */
  appear(...names: readonly string[]): void {
    for (const name of names) this.merge({ id: name, name });
  }

  settle = settle;

  async end(): Promise<void> {
    this.stop.abort();
    await this.ended;
  }
}

/** The requests of a capture, each with its head as sent and its body. */
export function captured(name: string): readonly { readonly head: readonly string[]; readonly body: string }[] {
  const text = readFileSync(new URL(`../fixtures/contract/${name}`, import.meta.url), 'utf8');
  return text
    .split(/^### request .*\n/m)
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [head = '', body = ''] = part.replaceAll('\r', '').split(/\n\n([^]*)/);
      return { head: head.split('\n'), body: body.trimEnd() };
    });
}
