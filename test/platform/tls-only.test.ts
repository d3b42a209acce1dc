import { createServer } from 'node:https';
import { Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { onlyTls } from '../../src/platform/tls-only.js';

/** A server that only keeps in which turn of the event loop each connection got to it. */
function watched() {
  const [accepted, faults]: [number[], string[]] = [[], []];
  let turn = 0;
  const server = createServer().removeAllListeners('connection');
  server.on('connection', () => accepted.push(turn));
  onlyTls(server, (fault) => faults.push(fault));
  return {
    accepted,
    faults,
    connect: (...bytes: number[]): Socket => {
      const socket = new Socket();
      server.emit('connection', socket);
      if (bytes.length > 0) socket.push(Buffer.from(bytes));
      return socket;
    },
    turns: async (count: number): Promise<void> => {
      for (const end = turn + count; turn < end; turn += 1) await new Promise((done) => setImmediate(done));
    },
  };
}

test('handshakes begin a few at a time, in their order, and other work has its turn between them', async () => {
  const { accepted, connect, turns } = watched();
  const sockets = Array.from({ length: 20 }, () => connect(0x16, 3, 1));
  sockets[0]?.destroy();
  await turns(5);
  const perTurn = [0, 1, 2, 3, 4].map((turn) => accepted.filter((at) => at === turn).length);
  expect([accepted.length, Math.max(...perTurn)]).toEqual([19, 8]);
  connect(0x16);
  await turns(2);
  expect(accepted).toHaveLength(20);
});

test('a client that says nothing is too slow, and no other kind of fault', () => {
  const { accepted, faults, connect } = watched();
  const socket = connect();
  socket.emit('timeout');
  expect([socket.destroyed, faults, accepted]).toEqual([true, ['request-too-slow'], []]);
});
