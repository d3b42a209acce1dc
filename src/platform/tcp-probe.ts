import { connect } from 'node:net';
import type { ProbeResult, TcpProbe } from '../lib/probe.js';
import { connectionFault } from './connection-fault.js';
import { systemLookups, type Lookups } from './lookup.js';

/** Opens a connection and closes it again at once. */
export const probeTcp: TcpProbe = tcpProbe(systemLookups);

export function tcpProbe(lookups: Lookups): TcpProbe {
  return ({ host, port }, { timeoutMs, signal }) =>
    new Promise((resolve) => {
      if (signal.aborted) {
        resolve({ outcome: 'failed', output: 'aborted' });
        return;
      }
      const names = lookups.begin();
      const socket = connect({ host, port, lookup: names.lookup });
      const end = (outcome: ProbeResult['outcome'], output: string): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        socket.destroy();
        names.end();
        resolve({ outcome, output });
      };
      const abort = (): void => end('failed', 'aborted');
      const timedOut = (): void => {
        const what = names.isWaiting() ? `no address for ${host}` : `no connection to ${host} port ${port}`;
        end('timed-out', `${what} within ${timeoutMs} ms`);
      };
      const timer = setTimeout(timedOut, timeoutMs);
      signal.addEventListener('abort', abort);
      socket.on('connect', () => end('passed', `${host} port ${port} accepts connections`));
      socket.on('error', (error) => end('failed', connectionFault(error)));
    });
}
