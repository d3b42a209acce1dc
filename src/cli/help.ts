import type { Example } from './command.js';

/** What people come with, below the list of commands. */
export const USUAL_QUESTIONS: readonly Example[] = [
  ['status', 'is anything wrong?'],
  ['ls web', 'which instances has web, and how are they?'],
  ['why web', 'is web in the proxy? if not, what to do?'],
  ['history --since 1h', 'what happened in the last hour?'],
  ['ls --agent 10.0.0.6:7777', 'what does another host see?'],
];

const COLUMNS = 80;

/** Examples as the last part of a help: side by side where that fits 80 columns, else the purpose below. */
export function examplesText(examples: readonly Example[]): string {
  const widest = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, purpose]) => `  sidecar ${line.padEnd(widest)}  ${purpose}`);
  const isNarrow = lines.every((line) => line.length <= COLUMNS);
  const stacked = examples.map(([line, purpose]) => `  sidecar ${line}\n      ${purpose}`);
  return ['', 'Examples:', ...(isNarrow ? lines : stacked)].join('\n');
}
