import type { Millis } from '../lib/ports.js';

/** What an HAProxy process was started with. */
export interface Loaded {
  readonly pid: number;
  /** Wall time in milliseconds, to some 10 ms: another process may have got the number since. */
  readonly startedMs: Millis;
  readonly text: string;
}

/** How far two readings of one process's start may differ: the wall clock is set now and then. */
const CLOCK_GRAIN_MS: Millis = 5_000;
const MAX_HOLDERS = 65_536;

/**
 * What the next agent on this host must know of the HAProxy that goes on without us: which configuration it was started with,
 * since the file is newer once servers were changed through the Runtime API, and which service has which ServicePort.
 */
export class ProxyMemory {
  private last: Loaded | undefined;
  private holding: ReadonlyMap<number, string> = new Map();
  private isWritten = true;

  /** @param onLoaded is called when HAProxy was loaded: what is not on disk when the agent is killed costs the next one a reload */
  constructor(private readonly onLoaded: () => void) {}

  /** Which service each ServicePort is offered for. */
  get holders(): ReadonlyMap<number, string> {
    return this.holding;
  }

  /** Takes note of which service has which ServicePort now. One that is set aside keeps its claim until another has the port. */
  hold(holders: ReadonlyMap<number, string>): void {
    if ([...holders].every(([port, name]) => this.holding.get(port) === name)) return;
    this.holding = new Map([...this.holding, ...holders]);
    this.isWritten = false;
  }

  loaded(process: Loaded): void {
    this.last = process;
    this.isWritten = false;
    this.onLoaded();
  }

  /** What this process was started with; undefined when it is another than the one we know of. */
  textOf({ pid, startedMs }: Pick<Loaded, 'pid' | 'startedMs'>): string | undefined {
    const { last } = this;
    const isIt = last?.pid === pid && Math.abs(last.startedMs - startedMs) <= CLOCK_GRAIN_MS;
    return isIt ? last.text : undefined;
  }

  /** Everything as one text; undefined when nothing has changed since the last call. */
  encode(): string | undefined {
    if (this.isWritten) return undefined;
    this.isWritten = true;
    return JSON.stringify({ loaded: this.last, holders: [...this.holding] });
  }

  /** Takes back what `encode` wrote. @returns what is wrong with it */
  restore(text: string): string | undefined {
    const seen = parsed(text);
    if (!isObject(seen)) return 'is no JSON object';
    const { loaded, holders } = seen;
    if (!Array.isArray(holders) || holders.length > MAX_HOLDERS || !holders.every(isHolder)) {
      return 'has no list of ServicePorts and services';
    }
    if (loaded !== undefined && !isLoaded(loaded)) return 'does not say what HAProxy was started with';
    this.last ??= loaded;
    if (this.holding.size === 0) this.holding = new Map(holders);
    return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isHolder = (value: unknown): value is readonly [number, string] =>
  Array.isArray(value) && value.length === 2 && Number.isInteger(value[0]) && typeof value[1] === 'string';

const isLoaded = (value: unknown): value is Loaded =>
  isObject(value) &&
  typeof value['pid'] === 'number' &&
  typeof value['startedMs'] === 'number' &&
  typeof value['text'] === 'string';
