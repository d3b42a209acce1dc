import type { WatchSink } from '../../src/http/watchers.js';

/** A connection that takes each piece at once, or only when told to. */
export class FakeSink implements WatchSink {
  readonly pieces: Buffer[] = [];
  state: 'open' | 'ended' | 'destroyed' = 'open';
  private onTaken: (() => void) | undefined;

  constructor(public isSlow = false) {}

  send(piece: Buffer, taken: () => void): void {
    if (this.onTaken) throw new Error('a piece was sent while another one was on its way');
    if (this.state !== 'open') throw new Error(`a piece was sent to one that is ${this.state}`);
    this.pieces.push(piece);
    if (this.isSlow) this.onTaken = taken;
    else taken();
  }

  end(): void {
    this.state = 'ended';
  }

  destroy(): void {
    this.state = 'destroyed';
  }

  /** Takes what is on its way. */
  read(): void {
    const { onTaken } = this;
    this.onTaken = undefined;
    onTaken?.();
  }
}
