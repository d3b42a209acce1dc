/**
 * How far this node trusts its own senses (Lifeguard, arXiv:1707.00788): the score rises with every sign that we are the slow
 * one, and with it the time that we give others to answer.
 */
export class Awareness {
  private value = 0;

  /** @param max exclusive bound of the score; a positive integer */
  constructor(private readonly max: number) {}

  /** 0 is well; at most `max - 1`. */
  get score(): number {
    return this.value;
  }

  /** Adds points (or takes them, when negative) within the bounds. */
  add(points: number): void {
    this.value = Math.min(this.max - 1, Math.max(0, this.value + points));
  }
}
