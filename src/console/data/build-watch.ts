/**
 * `old`: the agent serves another build than the one that runs here, as after its upgrade; `broken`: it serves this one, and a part of
 * it could not be loaded.
 */
export type BuildState = 'current' | 'old' | 'broken';

/** Whether this page can still be what its agent serves. A build goes on running after another one has its place, but loads no more of it. */
export class BuildWatch {
  private isOld = false;
  private isBroken = false;
  private isAsking = false;
  private readonly listeners = new Set<() => void>();

  /**
   * @param own    names the build that runs here
   * @param served the one that the agent has by now; undefined: nobody knows
   */
  constructor(
    private readonly own: string,
    private readonly served: () => Promise<string | undefined>,
  ) {}

  state(): BuildState {
    if (this.isOld) return 'old';
    return this.isBroken ? 'broken' : 'current';
  }

  /** @returns its end */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** The agent may be another one than before. */
  async look(): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    const served = await this.served();
    this.isAsking = false;
    if (served === undefined) return;
    this.isOld = served !== this.own;
    this.tell();
  }

  /** A part of the build was loaded, or could not be: who knows why. */
  loaded(isThere: boolean): void {
    this.isBroken = !isThere;
    this.tell();
    if (!isThere) void this.look();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
