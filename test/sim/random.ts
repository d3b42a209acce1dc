import type { Random } from '../../src/lib/ports.js';

/** The same numbers for the same seed, on every machine: xoshiro128** by Blackman and Vigna, its state filled by splitmix32. */
export class SeededRandom implements Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  /** @param seed any 32-bit integer */
  constructor(seed: number) {
    let state = seed;
    const next = (): number => {
      state = (state + 0x9e3779b9) | 0;
      const mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
      const again = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
      return again ^ (again >>> 15);
    };
    [this.a, this.b, this.c, this.d] = [next(), next(), next(), next()];
  }

  /** Uniform in [0, 2^32). */
  private bits(): number {
    const drawn = Math.imul(this.b, 5);
    const result = Math.imul((drawn << 7) | (drawn >>> 25), 9);
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = (this.d << 11) | (this.d >>> 21);
    return result >>> 0;
  }

  below(n: number): number {
    return Math.floor((this.bits() / 2 ** 32) * n);
  }

  /** Uniform integer in [from, to]. */
  between(from: number, to: number): number {
    return from + this.below(to - from + 1);
  }

  /** Whether something happens that happens with this `probability`. */
  chance(probability: number): boolean {
    return this.bits() < probability * 2 ** 32;
  }

  /** One of `items`, which are not none. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** Another source, so that what one part of the world draws does not change what the others get. */
  fork(): SeededRandom {
    return new SeededRandom(this.bits());
  }
}
