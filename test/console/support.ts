import { createApi } from '../../src/console/data/api.js';
import type { Backend, Figures, Frontend, Server } from '../../src/console/data/figures.js';
import { readEvent, type AgentEvent } from '../../src/console/data/event.js';
import { readInstance, type Instance } from '../../src/console/data/instance.js';
import type { EventHandlers, Reply } from '../../src/console/data/ports.js';
import { Store } from '../../src/console/data/store.js';
import { FakeClock } from '../support/time.js';

/** A record as the agent writes it. */
export const recordJson = (facts: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  ID: 'a1',
  Name: 'web',
  Image: 'registry.example/web:1.0',
  Created: '2026-11-23T12:00:00Z',
  Hostname: 'node1',
  Ports: [{ Type: 'tcp', Port: 32768, ServicePort: 8080, IP: '10.0.0.5' }],
  Updated: '2026-11-23T12:00:01Z',
  ProxyMode: 'http',
  Status: 0,
  ...facts,
});

export function instance(facts: Readonly<Record<string, unknown>> = {}): Instance {
  const read = readInstance(recordJson(facts));
  if (!read) throw new Error('that is no record');
  return read;
}

/** An event as the page knows it. */
export function eventOf(facts: Readonly<Record<string, unknown>> = {}): AgentEvent {
  const event = { id: 1, time: '2026-11-23T12:00:00Z', kind: 'service', what: 'status', text: 'it changed', ...facts };
  const read = readEvent(event);
  if (!read) throw new Error('that is no event');
  return read;
}

export const stateJson = (...records: readonly Readonly<Record<string, unknown>>[]): unknown => ({
  ClusterName: 'blue',
  Hostname: 'node1',
  Servers: { all: { Services: Object.fromEntries(records.map((each, i) => [`${i}`, each])) } },
});

/** A change of a record as the journal tells it. */
export const changeJson = (
  id: number,
  record: Readonly<Record<string, unknown>>,
  facts: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => ({
  id,
  time: '2026-11-23T12:05:00.25Z',
  kind: 'service',
  what: 'status',
  service: record['Name'],
  host: record['Hostname'],
  instance: record['ID'],
  text: 'it changed',
  reason: 'check-failed',
  record,
  ...facts,
});

/** An agent of which the test says all, and a store that follows it. */
export class FakeAgent {
  readonly clock = new FakeClock();
  /** What is answered, by path without the query; what is not there is a 404. A function is asked each time. */
  readonly answers = new Map<string, unknown>();
  isDown = false;
  /** How far its clock is ahead of the one of the store; undefined: it does not tell its time. */
  aheadMs: number | undefined;
  readonly asked: string[] = [];
  /** Paths of the streams that were opened. */
  readonly opened: string[] = [];
  stream: EventHandlers | undefined;
  readonly store: Store;

  constructor() {
    const open = (path: string, handlers: EventHandlers): (() => void) => {
      this.opened.push(path);
      this.stream = handlers;
      return () => (this.stream = undefined);
    };
    this.store = new Store({ api: createApi((path) => this.get(path)), open, clock: this.clock });
  }

  /** Starts the store, and takes it on. */
  async connect(): Promise<void> {
    this.store.start();
    await this.accept();
  }

  async accept(): Promise<void> {
    this.stream?.opened();
    await this.clock.advance(100);
  }

  async tell(event: Readonly<Record<string, unknown>>): Promise<void> {
    this.stream?.told(String(event['kind']), JSON.stringify(event));
    await this.clock.advance(100);
  }

  times(path: string): number {
    return this.asked.filter((each) => each.startsWith(path)).length;
  }

  private async get(path: string): Promise<Reply> {
    this.asked.push(path);
    if (this.isDown) throw new Error('connection refused');
    const answer = this.answers.get(path.split('?')[0] ?? '');
    const body: unknown = answer instanceof Function ? await (answer as () => unknown)() : answer;
    return {
      status: body === undefined ? 404 : 200,
      body,
      agentTime: this.aheadMs === undefined ? undefined : this.clock.now() + this.aheadMs,
    };
  }
}

export const frontend = (facts: Partial<Frontend> = {}): Frontend => ({
  ...{ name: 'web-8080', status: 'OPEN', sessions: 0, sessionsTotal: 0, requests: 0, errors: 0 },
  ...{ service: 'web', servicePort: 8080, ...facts },
});

export const backend = (facts: Partial<Backend> = {}): Backend => ({
  ...{ name: 'web-8080', status: 'UP', queued: 0, errors: 0, service: 'web', servicePort: 8080, ...facts },
});

export const server = (facts: Partial<Server> = {}): Server => ({
  ...{ backend: 'web-8080', server: 'node1-a1', status: 'no check', weight: 100, check: undefined, sessions: 0 },
  ...{ requests: 0, errors: 0, responseMs: undefined, service: 'web', servicePort: 8080, host: 'node1' },
  ...{ instance: 'a1', ...facts },
});

/** What HAProxy counts, of the process 1 at the time 0. */
export const figures = (facts: Partial<Figures> = {}): Figures => ({
  ...{ time: 0, pid: 1, uptimeMs: 0, frontends: [], backends: [], servers: [], ...facts },
});
