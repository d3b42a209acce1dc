import assert from 'node:assert/strict';
import type { Millis } from '../../src/lib/ports.js';
import type { Endpoint } from '../../src/gossip/core/ports.js';
import type { Bytes, StreamMessage } from '../../src/gossip/wire/message.js';
import { encodeStream, StreamReader } from '../../src/gossip/wire/stream.js';
import type { Agenda } from './agenda.js';
import type { Network } from './network.js';
import type { Process } from './process.js';

/** A process that can be connected to, and where it is. */
export interface Party {
  readonly machine: number;
  readonly process: Process;
  /** What it says to one who connects and says `message`; undefined to close without a byte. */
  answer(message: StreamMessage, from: Endpoint): StreamMessage | undefined;
}

const PLAIN = { compress: false, key: undefined } as const;
const UNENCRYPTED = { keys: [], verifyIncoming: false };

/** Connections: one message, at most one answer, as PROTOCOL 10 has it. Whatever goes wrong ends in silence. */
export class Streams {
  constructor(private readonly deps: { readonly agenda: Agenda; readonly network: Network }) {}

  /**
   * Connects, says something, and waits for the answer, all of it within `timeoutMs`.
   *
   * @param listener who listens there when the connection comes in; undefined: the system refuses it
   * @param say is asked when the connection is open
   */
  talk(
    client: Party,
    to: { readonly machine: number; readonly listener: () => Party | undefined },
    timeoutMs: Millis,
    say: () => StreamMessage | undefined,
    hear: (answer: StreamMessage) => void,
  ): void {
    const { agenda, network } = this.deps;
    const end = agenda.now + timeoutMs;
    const inTime = (): boolean => agenda.now < end && !client.process.hasEnded;
    const toClient = (act: () => void): void =>
      client.process.receive(() => {
        if (inTime()) act();
      });
    const from: Endpoint = { address: `10.1.0.${client.machine % 256}`, port: 40_000 };
    network.connect(client.machine, to.machine, inTime, () => {
      const server = to.listener();
      if (!server) return;
      toClient(() => {
        const said = say();
        if (!said) return;
        const bytes = encodeStream(said, PLAIN);
        network.sendSegment(client.machine, to.machine, bytes.length, inTime, () =>
          server.process.receive(() => {
            const answer = server.answer(decoded(bytes), from);
            if (!answer) return;
            const back = encodeStream(answer, PLAIN);
            network.sendSegment(to.machine, client.machine, back.length, inTime, () =>
              toClient(() => hear(decoded(back))),
            );
          }),
        );
      });
    });
  }
}

function decoded(bytes: Bytes): StreamMessage {
  const message = new StreamReader(UNENCRYPTED).push(bytes);
  assert(message.ok && message.value, 'what a member writes on a stream can be read');
  return message.value;
}
