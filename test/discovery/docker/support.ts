import type { DockerEngine, EngineFault, EventListener } from '../../../src/lib/docker-engine.js';
import { ok, refused, type Result } from '../../../src/lib/result.js';
import type { ContainerFacts } from '../../../src/discovery/docker/record.js';

/** A whole container id that begins like `name`. */
export const idOf = (name: string): string => Buffer.from(name).toString('hex').padEnd(64, '0');

/** What the engine lists of a running container. */
export const listed = (name: string, labels: Readonly<Record<string, string>> = {}): unknown => ({
  Id: idOf(name),
  Names: [`/${name}`],
  Image: 'busybox',
  Created: 1_700_000_000,
  State: 'running',
  Status: 'Up 2 seconds',
  Ports: [],
  Labels: { ServiceName: name, ...labels },
});

export const event = (action: string, name: string, attributes: Readonly<Record<string, string>> = {}): unknown => ({
  Type: 'container',
  Action: action,
  Actor: { ID: idOf(name), Attributes: attributes },
});

export const FACTS: ContainerFacts = {
  hostname: 'h1',
  publishedAddress: '10.0.0.1',
  ownPorts: new Map(),
  namer: { kind: 'docker_label', label: 'ServiceName' },
  composeNames: true,
  dockerHealthcheck: true,
  labelFilter: undefined,
};

export const DOWN: EngineFault = { code: 'ENGINE_UNREACHABLE', message: 'GET /events: connect ECONNREFUSED' };

/** An engine as tests want it: what it lists, what it tells, whether it answers. */
export class EngineDouble implements DockerEngine {
  readonly address = 'unix:///engine.sock';
  /** What it answers to a list; a fault when it does not. */
  list: readonly unknown[] | EngineFault = [];
  inspected: unknown = {};
  /** Whether it answers a ping and takes new event streams. */
  isUp = true;
  lists = 0;
  connects = 0;
  inspections = 0;
  private stream: { readonly listener: EventListener; readonly end: (fault: EngineFault) => void } | undefined;

  containers(): Promise<Result<readonly unknown[], EngineFault>> {
    this.lists += 1;
    return Promise.resolve('code' in this.list ? refused(this.list) : ok(this.list));
  }

  container(): Promise<Result<unknown, EngineFault>> {
    this.inspections += 1;
    return Promise.resolve(ok(this.inspected));
  }

  ping(): Promise<Result<string, EngineFault>> {
    return Promise.resolve(
      this.isUp ? ok('OK') : refused({ code: 'ENGINE_TIMED_OUT', message: 'GET /_ping: no answer' }),
    );
  }

  events(_actions: readonly string[], listener: EventListener, signal: AbortSignal): Promise<EngineFault> {
    this.connects += 1;
    if (!this.isUp) return Promise.resolve(DOWN);
    return new Promise((end) => {
      this.stream = { listener, end };
      signal.addEventListener('abort', () => end(DOWN), { once: true });
      listener.onOpen();
    });
  }

  tell(...events: readonly unknown[]): void {
    for (const one of events) this.stream?.listener.onEvent(one);
  }

  breakStream(): void {
    this.stream?.end({ code: 'ENGINE_UNREACHABLE', message: 'GET /events: the event stream has ended' });
  }
}
