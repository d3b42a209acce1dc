/** Numbers that tell one ping from another: 32 bits wide, from 1 (PROTOCOL 12). Shared by all that ping. */
export class Sequence {
  private last = 0;

  next(): number {
    this.last = (this.last + 1) >>> 0;
    return this.last;
  }
}
