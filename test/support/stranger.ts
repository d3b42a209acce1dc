import { createSocket, type Socket } from 'node:dgram';
import { encodeMessage } from '../../src/gossip/wire/encode-message.js';
import { recordText } from '../../src/service/codec.js';
import type { Service } from '../../src/service/service.js';
import { record } from './records.js';

/** Tells a member of records over UDP, as a peer does, without being one. */
export class Stranger {
  private readonly socket: Socket = createSocket('udp4');

  constructor(
    private readonly address: string,
    private readonly port: number,
  ) {}

  /** An instance of `ghost`, updated now, but for what `overrides` says. */
  tell(overrides: Partial<Service>): void {
    this.tellText(recordText(ghost(overrides)));
  }

  /** Any text in the place of a record. */
  tellText(text: string): void {
    this.socket.send(encodeMessage({ type: 'user', payload: Buffer.from(text) }), this.port, this.address);
  }

  destroy(): void {
    this.socket.close();
  }
}

const ghost = (overrides: Partial<Service>): Service =>
  record({ hostname: 'ghost', id: overrides.name ?? 'x', updated: nowNs(), ...overrides });

export const nowNs = (): bigint => BigInt(Date.now()) * 1_000_000n;
