/** Tells what is new from what was there before; remembers only the latest `capacity` keys. */
export class Once {
  private readonly seen = new Set<string>();

  constructor(private readonly capacity: number) {}

  /** @returns true the first time that it is asked about `key`, and again after it was forgotten */
  isNew(key: string): boolean {
    if (this.seen.has(key)) return false;
    const [oldest] = this.seen;
    if (oldest !== undefined && this.seen.size >= this.capacity) this.seen.delete(oldest);
    this.seen.add(key);
    return true;
  }
}
