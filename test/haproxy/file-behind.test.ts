import { describe, expect, test } from '@jest/globals';
import { FileBehind } from '../../src/haproxy/file-behind.js';
import type { HaproxyFault } from '../../src/haproxy/fault.js';
import { FakeClock, settle } from '../support/time.js';

const full: HaproxyFault = { code: 'CONFIG_NOT_WRITABLE', path: '/haproxy.cfg', reason: 'no space' };
const rejected: HaproxyFault = { code: 'CONFIG_REJECTED', path: '/haproxy.cfg', words: 'no' };

/** Each write waits until the test answers it. */
function behind() {
  const clock = new FakeClock();
  const writes: string[] = [];
  const answers: ((fault?: HaproxyFault) => void)[] = [];
  let ends = 0;
  let fail: Error | undefined;
  const file = new FileBehind({
    clock,
    write: (text, signal) => {
      writes.push(text);
      if (fail) return Promise.reject(fail);
      return new Promise((resolve) => {
        answers.push(resolve);
        signal.addEventListener('abort', () => resolve(full));
      });
    },
    onEnded: () => (ends += 1),
  });
  const answer = async (fault?: HaproxyFault): Promise<void> => {
    answers.shift()?.(fault);
    await settle();
  };
  const want = async (text: string): Promise<void> => {
    file.want(text);
    await settle();
  };
  const failWith = (error: Error): void => void (fail = error);
  return { clock, file, writes, answer, want, failWith, ends: () => ends };
}

describe('of many texts', () => {
  test('only the newest is written after the one that is being written', async () => {
    const { file, writes, answer, want, ends } = behind();
    for (const text of ['a', 'b', 'c']) await want(text);
    await answer();
    expect(writes).toEqual(['a', 'c']);
    await answer();
    expect([writes, ends(), file.fault]).toEqual([['a', 'c'], 1, undefined]);
  });

  test('the newest counts, even when it came back to the first', async () => {
    const { writes, answer, want } = behind();
    for (const text of ['a', 'b', 'a']) await want(text);
    await answer();
    expect(writes).toEqual(['a']);
  });
});

describe('a text that cannot be written', () => {
  test('is tried again after 1 s, doubling, while the fault stands; a newer one at once', async () => {
    const { clock, file, writes, answer, want } = behind();
    await want('a');
    await answer(full);
    expect(file.fault).toBe(full);
    const times: number[] = [];
    for (let ms = 0; ms < 8_000; ms += 500) {
      const before = writes.length;
      await want('a');
      if (writes.length > before) times.push(clock.now());
      await answer(full);
      await clock.advance(500);
    }
    expect(times).toEqual([1_000, 3_000, 7_000]);
    await want('b');
    expect(writes.at(-1)).toBe('b');
    await answer();
    expect(file.fault).toBeUndefined();
  });

  test('is no fault any more when something newer came to the disk by another way', async () => {
    const { file, answer, want } = behind();
    await want('a');
    await answer(full);
    file.superseded();
    expect(file.fault).toBeUndefined();
  });

  test('because the system threw is a fault like any other', async () => {
    const { file, want, failWith, ends } = behind();
    failWith(new Error('EMFILE'));
    await want('a');
    expect([file.fault, ends()]).toEqual([{ code: 'SYSTEM_REFUSED', reason: 'EMFILE' }, 1]);
  });
});

describe('a text that HAProxy refuses', () => {
  test('is not written again until it is accepted by another way', async () => {
    const { clock, file, writes, answer, want } = behind();
    await want('a');
    await answer(rejected);
    await clock.advance(60_000);
    await want('a');
    expect([writes, file.refusalOf('a'), file.refusalOf('b')]).toEqual([['a'], rejected, undefined]);
    file.accepted('b');
    expect(file.refusalOf('a')).toBe(rejected);
    file.accepted('a');
    await want('a');
    expect(writes).toEqual(['a', 'a']);
  });

  test('while a newer one waits does not keep that from being written', async () => {
    const { file, writes, answer, want } = behind();
    await want('a');
    await want('b');
    await answer(rejected);
    expect(writes).toEqual(['a', 'b']);
    await answer();
    expect([file.fault, file.refusalOf('a')]).toEqual([undefined, rejected]);
  });
});

describe('others who use the file', () => {
  test('take turns with it, whatever becomes of those before', async () => {
    const { file, writes, answer, want } = behind();
    const story: string[] = [];
    await want('a');
    const first = file.exclusively(() => Promise.reject(new Error('mine')));
    const second = file.exclusively(() => Promise.resolve(story.push('second')));
    await settle();
    expect(story).toEqual([]);
    await answer();
    await expect(first).rejects.toThrow('mine');
    await second;
    await want('b');
    expect([story, writes]).toEqual([['second'], ['a', 'b']]);
  });
});

describe('at the end', () => {
  test('what is being written is waited for, and broken off when it takes too long', async () => {
    const { clock, file, writes, want } = behind();
    await want('a');
    const settled = file.settle(2_000);
    await clock.advance(1_999);
    expect(file.fault).toBeUndefined();
    await clock.advance(1);
    await settled;
    expect([file.fault, clock.armed]).toEqual([full, 0]);
    await want('b');
    expect(writes).toEqual(['a']);
  });

  test('nothing is waited for when nothing is written, and no timer is left', async () => {
    const { clock, file, answer, want } = behind();
    await want('a');
    const settled = file.settle(2_000);
    await answer();
    await settled;
    expect(clock.armed).toBe(0);
  });
});
