import { connect } from 'node:net';
import type { ProbeResult, TcpProbe } from '../lib/probe.js';
import { connectionFault } from './connection-fault.js';

/** Opens a connection and closes it again at once. */
export const probeTcp: TcpProbe = ({ host, port }, { timeoutMs, signal }) =>
  new Promise((resolve) => {
    if (signal.aborted) {
      resolve({ outcome: 'failed', output: 'aborted' });
      return;
    }
    const socket = connect({ host, port });
    const end = (outcome: ProbeResult['outcome'], output: string): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      socket.destroy();
      resolve({ outcome, output });
    };
    const abort = (): void => end('failed', 'aborted');
    const timer = setTimeout(
      () => end('timed-out', `no connection to ${host} port ${port} within ${timeoutMs} ms`),
      timeoutMs,
    );
    signal.addEventListener('abort', abort);
    socket.on('connect', () => end('passed', `${host} port ${port} accepts connections`));
    socket.on('error', (error) => end('failed', connectionFault(error)));
  });
