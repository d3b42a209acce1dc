import { resolve } from 'node:path';
import type { Config } from './plan/config.js';

/**
 * Whether a configuration has HAProxy listen on a stats socket. Where its path is not plain to see, because a variable stands in
 * it, it counts as there: asking tells.
 */
export const hasStatsSocket = ({ sections }: Config, socket: string): boolean =>
  sections.some(({ kind, lines }) => kind === 'global' && lines.some((line) => isSocket(line, socket)));

function isSocket(line: string, socket: string): boolean {
  const [stats, keyword, address = ''] = line.split(' ');
  if (stats !== 'stats' || keyword !== 'socket') return false;
  return address.includes('$') || resolve(address.replace(/^unix@/, '')) === resolve(socket);
}
