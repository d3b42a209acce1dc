// How long an agent takes to answer the pings of its peers.
import { createSocket } from 'node:dgram';

const EVERY_MS = 20;
/** A peer gives up a direct ping after half a second. */
const LAST_ANSWER_MS = 500;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The message of a peer: 0, then { SeqNo, Node } in MessagePack. The answer, message 2, repeats the number. */
const pingOf = (seq) =>
  Buffer.concat([
    Buffer.of(0, 0x82),
    ...[Buffer.of(0xa5), Buffer.from('SeqNo'), Buffer.of(0xcd, seq >> 8, seq & 255)],
    ...[Buffer.of(0xa4), Buffer.from('Node'), Buffer.of(0xa2), Buffer.from('h1')],
  ]);

function seqOf(answer) {
  const at = answer.indexOf('SeqNo') + 5;
  if (answer[at] === 0xcd) return answer.readUInt16BE(at + 1);
  return answer[at] === 0xcc ? answer[at + 1] : answer[at]; // as short as it can be
}

/**
 * Pings the agent `h1` from now on.
 *
 * @returns ends it, and tells of all pings: how long the slowest took, in ms, how many there were, and to how many no answer came
 */
export function pinging(address, port) {
  const socket = createSocket('udp4');
  const sent = new Map();
  let [slowest, count, isOver] = [0, 0, false];
  socket.on('message', (answer) => {
    const seq = seqOf(answer);
    if (sent.has(seq)) slowest = Math.max(slowest, performance.now() - sent.get(seq));
    sent.delete(seq);
  });
  const ended = (async () => {
    while (!isOver) {
      count += 1;
      sent.set(count, performance.now());
      socket.send(pingOf(count), port, address);
      await wait(EVERY_MS);
    }
    await wait(LAST_ANSWER_MS);
    socket.close();
  })();
  return async () => {
    isOver = true;
    await ended;
    return { slowest, count, lost: sent.size };
  };
}
