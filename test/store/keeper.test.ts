import { describe, expect, test } from '@jest/globals';
import type { Logger } from '../../src/lib/logger.js';
import { ProblemBoard } from '../../src/lib/problems.js';
import { Keeper, type Kept } from '../../src/store/keeper.js';
import { seal } from '../../src/store/sealed.js';
import { FakeClock, fakeWall, settle } from '../support/time.js';
import { FakeDisk, systemError } from './support/fake-disk.js';

/** A room with one state, which changes when a test says so. */
class Room implements Kept {
  readonly version = 1;
  restored: string | undefined;
  encodings = 0;
  private encoded: string | undefined;
  constructor(
    readonly kind: string,
    public state: string,
  ) {}
  restore = (text: string): undefined => {
    this.restored = text;
  };
  encode(): string | undefined {
    this.encodings += 1;
    if (this.state === this.encoded) return undefined;
    this.encoded = this.state;
    return this.state;
  }
}

function set(disk = new FakeDisk()) {
  const clock = new FakeClock();
  const lines: string[] = [];
  const keep = (message: string): void => void lines.push(message);
  const log: Logger = { debug: keep, info: keep, warn: keep, error: keep, child: () => log };
  const problems = new ProblemBoard(fakeWall(clock));
  const [catalog, peers] = [new Room('catalog', 'c1'), new Room('peers', 'p1')];
  const keeper = new Keeper({ directory: '/state', everyMs: 5_000 }, [catalog, peers], {
    files: disk,
    clock,
    random: { below: () => 7 },
    problems,
    log,
  });
  const stopping = new AbortController();
  const life = { isReady: false, hasEnded: false };
  const start = async (): Promise<void> => {
    void keeper.run(stopping.signal, () => (life.isReady = true)).then(() => (life.hasEnded = true));
    await drained();
  };
  const stop = async (): Promise<void> => {
    stopping.abort();
    await drained();
  };
  return { clock, disk, lines, problems, catalog, peers, keeper, life, start, stop };
}

/** A round of the keeper has more steps than `settle` sees through. */
async function drained(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await settle();
}

const keptIn = (disk: FakeDisk, kind: string): string | undefined => {
  const bytes = disk.bytes(`/state/${kind}`);
  return bytes && Buffer.from(bytes).toString().split('\n')[1];
};

/** From now on the disk answers nothing until it is let go. */
function hang(disk: FakeDisk): () => void {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  disk.before = () => released;
  return () => {
    disk.before = () => undefined;
    release();
  };
}

describe('what is kept', () => {
  test('is restored before others start', async () => {
    const disk = new FakeDisk();
    disk.put('/state/catalog', seal({ kind: 'catalog', version: 1 }, 'c0'));
    const { catalog, peers, life, start } = set(disk);
    await start();
    expect(life.isReady).toBe(true);
    expect([catalog.restored, peers.restored]).toEqual(['c0', undefined]);
    expect(catalog.encodings).toBe(0);
  });

  test('is written each 5 s, if it has changed', async () => {
    const { clock, disk, catalog, keeper, start } = set();
    await start();
    await clock.advance(4_999);
    expect(keptIn(disk, 'catalog')).toBeUndefined();
    await clock.advance(1);
    await drained();
    expect([keptIn(disk, 'catalog'), keptIn(disk, 'peers')]).toEqual(['c1', 'p1']);
    await clock.advance(20_000);
    expect(keeper.counts).toEqual({ written: 2, failed: 0 });
    catalog.state = 'c2';
    await clock.advance(5_000);
    await drained();
    expect(keptIn(disk, 'catalog')).toBe('c2');
    expect(keeper.counts).toEqual({ written: 3, failed: 0 });
  });

  test('is written once more at the end', async () => {
    const { clock, disk, catalog, life, start, stop } = set();
    await start();
    await clock.advance(5_000);
    await drained();
    catalog.state = 'last';
    await stop();
    expect(life.hasEnded).toBe(true);
    expect(keptIn(disk, 'catalog')).toBe('last');
    expect(clock.armed).toBe(0);
  });
});

describe('what must not wait', () => {
  test('is written at once', async () => {
    const { catalog, disk, keeper, start } = set();
    await start();
    catalog.state = 'c2';
    keeper.hasten();
    keeper.hasten();
    await drained();
    expect([keptIn(disk, 'catalog'), keeper.counts.written]).toEqual(['c2', 2]);
  });

  test('is written after what the disk is doing, when it is busy', async () => {
    const { catalog, disk, keeper, clock, start } = set();
    await start();
    const release = hang(disk);
    await clock.advance(5_000);
    catalog.state = 'c2';
    keeper.hasten();
    await drained();
    expect(keptIn(disk, 'catalog')).toBeUndefined();
    release();
    await drained();
    expect(keptIn(disk, 'catalog')).toBe('c2');
  });
});

describe('a disk that fails', () => {
  test('is one problem and one warning, and tried again each minute until it works', async () => {
    const { clock, disk, lines, problems, catalog, keeper, life, start } = set();
    disk.before = () => {
      throw systemError('EACCES');
    };
    await start();
    expect(life.isReady).toBe(true);
    await clock.advance(200_000);
    expect(problems.list()).toMatchObject([{ room: 'store', code: 'STATE_NOT_KEPT', subject: '/state' }]);
    expect(lines).toEqual([
      'state is not kept in state_dir /state (EACCES: as the test wants), so a restart begins without it: ' +
        'give this user the right to write there, or make room',
    ]);
    expect(keeper.counts).toEqual({ written: 0, failed: 4 }); // at 0, 60, 120 and 180 s
    expect(catalog.encodings).toBe(0);
    disk.before = () => undefined;
    await clock.advance(60_000);
    await drained();
    expect(problems.list()).toEqual([]);
    expect(lines.at(-1)).toBe('state is kept again');
    expect(keptIn(disk, 'catalog')).toBe('c1');
  });

  test('loses nothing that has changed only once', async () => {
    const { clock, disk, catalog, start } = set();
    await start();
    disk.before = (_, name) => {
      if (name === 'write') throw systemError('ENOSPC');
    };
    await clock.advance(5_000);
    await drained();
    disk.before = () => undefined;
    await clock.advance(60_000);
    await drained();
    expect(catalog.encodings).toBe(2);
    expect(keptIn(disk, 'catalog')).toBe('c1');
  });

  test('for one state does not keep the others from being written', async () => {
    const { clock, disk, problems, catalog, start } = set();
    catalog.encode = () => {
      throw new Error('cannot be told');
    };
    await start();
    await clock.advance(5_000);
    await drained();
    expect(keptIn(disk, 'peers')).toBe('p1');
    expect(problems.list()[0]?.message).toContain('(cannot be told)');
  });

  test('at the last moment does not keep the agent from ending', async () => {
    const { disk, life, start, stop } = set();
    await start();
    disk.before = () => {
      throw systemError('EIO');
    };
    await stop();
    expect(life.hasEnded).toBe(true);
  });

  test('by having turned read-only still gives the last state', async () => {
    const disk = new FakeDisk();
    disk.put('/state/catalog', seal({ kind: 'catalog', version: 1 }, 'c0'));
    disk.before = (_, name) => {
      if (name !== 'read') throw systemError('EROFS');
    };
    const { catalog, problems, start } = set(disk);
    await start();
    expect(catalog.restored).toBe('c0');
    expect(problems.list()).toHaveLength(1);
  });
});

describe('a disk that does not answer', () => {
  test('holds the start up for 3 s; what it holds is taken in when it comes, and before that nothing is written over it', async () => {
    const disk = new FakeDisk();
    disk.put('/state/catalog', seal({ kind: 'catalog', version: 1 }, 'c0'));
    const { clock, catalog, lines, life, start } = set(disk);
    const release = hang(disk);
    await start();
    await clock.advance(2_999);
    expect(life.isReady).toBe(false);
    await clock.advance(1);
    expect(life.isReady).toBe(true);
    expect(lines).toEqual(['state_dir is slow, the agent starts without what it holds']);
    await clock.advance(10_000);
    expect(catalog.encodings).toBe(0);
    release();
    await drained();
    expect(catalog.restored).toBe('c0');
    await clock.advance(5_000);
    await drained();
    expect(keptIn(disk, 'catalog')).toBe('c1');
  });

  test('has one write at a time to do, and then the newest; after 30 s it is a problem, until it answers', async () => {
    const { clock, disk, catalog, problems, start } = set();
    await start();
    const release = hang(disk);
    await clock.advance(5_000);
    for (const state of ['c2', 'c3', 'c4']) {
      catalog.state = state;
      await clock.advance(9_000);
    }
    expect(catalog.encodings).toBe(0);
    expect(problems.list()).toEqual([]);
    await clock.advance(5_000);
    expect(problems.list()).toMatchObject([{ code: 'STATE_NOT_KEPT' }]);
    release();
    await drained();
    expect(keptIn(disk, 'catalog')).toBe('c4');
    expect(problems.list()).toEqual([]);
  });

  test('holds the end up for 2 s', async () => {
    const { clock, disk, lines, life, start, stop } = set();
    await start();
    hang(disk);
    await stop();
    await clock.advance(1_999);
    expect(life.hasEnded).toBe(false);
    await clock.advance(1);
    expect(life.hasEnded).toBe(true);
    expect(lines).toEqual(['state_dir is slow, the agent ends before its last state is written']);
  });

  test('since before the end does not hold it up twice', async () => {
    const { clock, disk, life, start, stop } = set();
    await start();
    const release = hang(disk);
    await clock.advance(5_000);
    await stop();
    await clock.advance(1_500);
    release();
    hang(disk);
    await clock.advance(499);
    expect(life.hasEnded).toBe(false);
    await clock.advance(1);
    expect(life.hasEnded).toBe(true);
  });
});
