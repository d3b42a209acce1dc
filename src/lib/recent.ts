/** The latest things that were noted, one for each key; past the bound the one noted longest ago is forgotten. */
export class Recent<T> {
  private readonly byKey = new Map<string, T>();

  /** @param most how many are kept, >= 1 */
  constructor(private readonly most: number) {}

  note(key: string, thing: T): void {
    this.byKey.delete(key);
    this.byKey.set(key, thing);
    if (this.byKey.size <= this.most) return;
    const [oldest] = this.byKey.keys();
    if (oldest !== undefined) this.byKey.delete(oldest);
  }

  get(key: string): T | undefined {
    return this.byKey.get(key);
  }

  forget(key: string): void {
    this.byKey.delete(key);
  }

  /** Noted longest ago first. */
  list(): readonly T[] {
    return [...this.byKey.values()];
  }
}
