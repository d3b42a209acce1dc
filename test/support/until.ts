/** Waits for something to become true, asking often; after `withinMs` it fails with what it waited for. */
export async function until<T>(what: string, probe: () => T | Promise<T>, withinMs = 15_000): Promise<NonNullable<T>> {
  const deadline = performance.now() + withinMs;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      const value = await probe();
      if (value) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    await pause(20);
  }
  throw new Error(`waited ${withinMs} ms in vain until ${what}; last seen: ${describe(last)}`);
}

const describe = (seen: unknown): string => (seen instanceof Error ? seen.message : JSON.stringify(seen));

/** A pause between two looks at the outside world, or between two requests of a load: never a wait for something to be done. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
