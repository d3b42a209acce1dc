import type { Section, ServerLine } from './config.js';
import { readServer } from './server-line.js';

/** Every `server` line of a section, those that only a reload may change as well. */
export const asServers = ({ servers, hasFixedServers, lines, defaultServer }: Section): readonly ServerLine[] =>
  hasFixedServers
    ? lines.flatMap((line) => (line.startsWith('server ') ? [readServer(line.split(' '), defaultServer)] : []))
    : [...servers.values()];
