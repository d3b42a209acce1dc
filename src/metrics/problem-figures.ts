import type { ProblemBoard } from '../lib/problems.js';
import type { MetricsRegistry } from './registry.js';

/** Declares the figures of what is wrong now. */
export function declareProblemFigures(
  registry: MetricsRegistry,
  problems: Pick<ProblemBoard, 'list' | 'dropped'>,
): void {
  registry.declare(
    () => problems,
    [
      {
        type: 'gauge',
        name: 'sidecar_problems',
        help: 'What is wrong now, by problem code.',
        label: 'code',
        values: (board) => {
          const counts: Record<string, number> = {};
          for (const { code } of board.list()) counts[code] = (counts[code] ?? 0) + 1;
          return counts;
        },
      },
      {
        type: 'counter',
        name: 'sidecar_problems_dropped_total',
        help: 'Problems that are not told of because too many are known.',
        value: ({ dropped }) => dropped,
      },
    ],
  );
}
