import { PerformanceObserver } from 'node:perf_hooks';
import type { Millis } from '../lib/ports.js';

/** What this process uses of the memory, bytes. */
export function memoryUse(): { readonly heapUsedBytes: number; readonly residentBytes: number } {
  const { heapUsed, rss } = process.memoryUsage();
  return { heapUsedBytes: heapUsed, residentBytes: rss };
}

/** Tells how long each garbage collection took, soon after it; returns its end. */
export function onGarbageCollection(tell: (tookMs: Millis) => void): () => void {
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) tell(duration);
  });
  observer.observe({ entryTypes: ['gc'] });
  return () => observer.disconnect();
}
