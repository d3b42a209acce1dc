import { oncePerObject } from '../lib/once-per-object.js';
import type { Clock } from '../lib/ports.js';
import { Turns } from '../lib/turns.js';
import { formatTimestamp } from '../service/timestamp.js';
import type { ProxyFigures } from './proxy-look.js';

/** Some 1 ms of work. */
const ROWS_PER_TURN = 250;

/** Encodes figures as JSON, a row on each line; in several turns of the event loop, and once for all who are told the same. */
export function figuresEncoder(clock: Clock): (figures: ProxyFigures) => Promise<Buffer> {
  const turns = new Turns(clock);
  const { signal: never } = new AbortController();

  async function rowsOf(rows: readonly object[]): Promise<string> {
    const lines: string[] = [];
    for (let start = 0; start < rows.length; start += ROWS_PER_TURN) {
      await turns.take(never);
      for (const row of rows.slice(start, start + ROWS_PER_TURN)) lines.push(JSON.stringify(row));
    }
    return `[\n${lines.join(',\n')}]`;
  }

  return oncePerObject(async ({ time, pid, uptimeS, ...lists }: ProxyFigures) => {
    const facts = JSON.stringify({ time: formatTimestamp(time), pid, uptimeS }).slice(0, -1);
    const [frontends, backends] = [await rowsOf(lists.frontends), await rowsOf(lists.backends)];
    const servers = await rowsOf(lists.servers);
    return Buffer.from(`${facts},\n"frontends":${frontends},\n"backends":${backends},\n"servers":${servers}}\n`);
  });
}
