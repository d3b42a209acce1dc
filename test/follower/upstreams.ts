import type { HttpGet } from '../../src/lib/http-get.js';

type Read = { readonly bytes: Uint8Array | undefined } | { readonly error: Error };

/** One question and its answer, played by hand. */
export class Play {
  private readonly said: Read[] = [];
  private wake = (): void => undefined;

  constructor(
    readonly path: string,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', () => this.say({ error: new Error('aborted') }));
  }

  get isClosed(): boolean {
    return this.signal.aborted;
  }

  send(text: string): void {
    this.say({ bytes: Buffer.from(text) });
  }

  end(): void {
    this.say({ bytes: undefined });
  }

  break(): void {
    this.say({ error: new Error('read ECONNRESET') });
  }

  async read(): Promise<Uint8Array | undefined> {
    while (this.said.length === 0) await new Promise<void>((resolve) => (this.wake = resolve));
    const next = this.said.shift();
    if (!next || 'error' in next) throw next?.error ?? new Error('nothing was said');
    return next.bytes;
  }

  private say(read: Read): void {
    this.said.push(read);
    this.wake();
  }
}

/** What an upstream does with a question; nothing is an answer that never comes. */
export type Script = (play: Play) => number | undefined;

/** Upstreams by the beginning of their URLs, each as its script has it; nobody listens elsewhere. */
export class Upstreams {
  readonly asked: string[] = [];
  private readonly scripts = new Map<string, Script>();
  private plays: Play[] = [];

  set(base: string, script: Script | undefined): void {
    if (script) this.scripts.set(base, script);
    else this.scripts.delete(base);
  }

  /** The questions to `path` that are still open. */
  open(path: string): readonly Play[] {
    this.plays = this.plays.filter(({ isClosed }) => !isClosed);
    return this.plays.filter((play) => play.path.startsWith(path));
  }

  readonly http: HttpGet = (url, signal) => {
    this.asked.push(url);
    const { origin, pathname, search } = new URL(url);
    const script = this.scripts.get(origin);
    if (!script) return Promise.reject(new Error('connect ECONNREFUSED'));
    const play = new Play(pathname + search, signal);
    this.plays.push(play);
    const status = script(play);
    if (status !== undefined) return Promise.resolve({ status, read: () => play.read() });
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
  };
}
