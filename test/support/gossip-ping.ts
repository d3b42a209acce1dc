import { createSocket, type Socket } from 'node:dgram';
import { encodeMessage } from '../../src/gossip/wire/encode-message.js';

const LOST_MS = 5_000;

/** Asks a member whether it is there, as a peer does. */
export class GossipPing {
  private readonly socket: Socket = createSocket('udp4');
  private seqNo = 0;

  constructor(
    private readonly port: number,
    private readonly address = '127.0.0.1',
  ) {}

  /** @returns milliseconds until the answer is there; rejects when there is none within five seconds */
  ask(): Promise<number> {
    this.seqNo += 1;
    const ping = encodeMessage({ type: 'ping', seqNo: this.seqNo, node: '' });
    const ack = Buffer.from(encodeMessage({ type: 'ack', seqNo: this.seqNo, payload: undefined }));
    const number = ack.subarray(ack.indexOf('SeqNo')); // what stands behind it is the same in every ack
    const askedAt = performance.now();
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.socket.off('message', hear);
      };
      const hear = (packet: Buffer): void => {
        if (!packet.includes(number)) return;
        end();
        resolve(performance.now() - askedAt);
      };
      const timer = setTimeout(() => {
        end();
        reject(new Error('the member does not answer'));
      }, LOST_MS);
      this.socket.on('message', hear);
      this.socket.send(ping, this.port, this.address);
    });
  }

  destroy(): void {
    this.socket.close();
  }
}
