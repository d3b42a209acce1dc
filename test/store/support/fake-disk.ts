import { dirname, join } from 'node:path';
import type { Files } from '../../../src/store/ports.js';

/** A file, whatever names it has; `synced` tells whether its bytes survive a power cut. */
interface Inode {
  readonly bytes: Uint8Array;
  readonly synced: boolean;
}

type Names = ReadonlyMap<string, Inode>;

/** What the process that used the disk sees of its own death: the end of everything. */
class Killed extends Error {}

/**
 * A disk in memory on which every step counts: opening, each part of a write, waiting, renaming. `before` sees each step and may
 * throw instead of it.
 */
export class FakeDisk implements Files {
  /** Called before each step with its number, from 1, and its name. */
  before: (step: number, name: string) => void | Promise<void> = () => undefined;
  private steps = 0;
  /** All directories that a power cut can leave: the one last waited for, and each that came after it. */
  private history: Names[];

  constructor(private names: Names = new Map()) {
    this.history = [names];
  }

  /** From step `step` on nothing happens any more: the process has been killed. */
  killAt(step: number): void {
    this.before = (now) => {
      if (now >= step) throw new Killed();
    };
  }

  /** The disk as the next process finds it. */
  afterKill(): FakeDisk {
    return new FakeDisk(this.names);
  }

  /** The disks that may be there after a power cut: nothing that was waited for is lost, of all else a part or everything. */
  afterPowerCut(): readonly FakeDisk[] {
    const survived = ({ bytes, synced }: Inode): Inode => ({ bytes: synced ? bytes : new Uint8Array(), synced });
    return this.history.map((names) => new FakeDisk(new Map([...names].map(([path, file]) => [path, survived(file)]))));
  }

  get paths(): readonly string[] {
    return [...this.names.keys()].sort();
  }

  put(path: string, bytes: Uint8Array): void {
    this.change((names) => names.set(path, { bytes, synced: true }));
    this.history = [this.names];
  }

  bytes(path: string): Uint8Array | undefined {
    return this.names.get(path)?.bytes;
  }

  async readBytes(path: string): Promise<Uint8Array | undefined> {
    await this.step('read');
    return this.bytes(path);
  }

  async writePrivate(path: string, bytes: Uint8Array): Promise<void> {
    for (const share of [0, 0.5, 1]) {
      await this.step('write');
      const part = bytes.subarray(0, Math.floor(bytes.length * share));
      this.change((names) => names.set(path, { bytes: part, synced: false }));
    }
    await this.step('sync');
    const file: Inode = { bytes, synced: true };
    this.names = new Map(this.names).set(path, file);
    // The file is the same one in each directory that is still to be written.
    this.history = this.history.map((names) => (names.has(path) ? new Map(names).set(path, file) : names));
  }

  async extendPrivate(path: string, from: number, bytes: Uint8Array): Promise<boolean> {
    const before = this.bytes(path);
    if (!before || before.length < from) return false;
    for (const share of [0, 0.5, 1]) {
      await this.step('append');
      const part = bytes.subarray(0, Math.floor(bytes.length * share));
      const now = Buffer.concat([before.subarray(0, from), part]);
      this.change((names) => names.set(path, { bytes: now, synced: false }));
    }
    return true;
  }

  async rename(from: string, to: string): Promise<void> {
    await this.step('rename');
    const file = this.names.get(from);
    if (!file) throw systemError('ENOENT');
    this.change((names) => {
      names.delete(from);
      names.set(to, file);
    });
  }

  async remove(path: string): Promise<void> {
    await this.step('remove');
    this.change((names) => names.delete(path));
  }

  async list(directory: string): Promise<readonly string[]> {
    await this.step('list');
    return this.paths
      .filter((path) => dirname(path) === directory)
      .map((path) => path.slice(join(directory, '/').length));
  }

  async ensureWritableDirectory(): Promise<void> {
    await this.step('ensure');
  }

  async syncDirectory(): Promise<void> {
    await this.step('syncDirectory');
    this.history = [this.names];
  }

  private change(act: (names: Map<string, Inode>) => void): void {
    const names = new Map(this.names);
    act(names);
    this.names = names;
    this.history.push(names);
  }

  private async step(name: string): Promise<void> {
    this.steps += 1;
    await this.before(this.steps, name);
  }
}

export const systemError = (code: string): Error => Object.assign(new Error(`${code}: as the test wants`), { code });
