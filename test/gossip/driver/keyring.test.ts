import { describe, expect, test } from '@jest/globals';
import { Keyring, parseKeys, type KeyringOptions } from '../../../src/gossip/driver/keyring.js';

const [A, B, C] = [Buffer.alloc(16, 1), Buffer.alloc(24, 2), Buffer.alloc(32, 3)] as const;
const text = (key: Buffer): string => key.toString('base64');

describe('a key file', () => {
  test('has one key a line; empty lines and comments are skipped', () => {
    expect(parseKeys(`# the new one\r\n${text(B)}\r\n\n  ${text(A)}  \n`)).toEqual({
      ok: true,
      value: [B, A].map((key) => Uint8Array.from(key)),
    });
  });

  test.each([
    ['', 'it holds no key'],
    ['# nothing\n', 'it holds no key'],
    [`${text(A)}\nsecret word\n`, 'line 2 is not base64'],
    [`${text(A)}\n\n${text(Buffer.alloc(20))}`, 'line 3 is not a key of 16, 24 or 32 bytes'],
    [Array.from({ length: 17 }, () => text(A)).join('\n'), 'it holds 17 keys: 16 are the most'],
  ])('%j is refused, and no key shown', (content, fault) => {
    expect(parseKeys(content)).toEqual({ ok: false, fault });
  });
});

describe('a keyring', () => {
  const ring = (options: Partial<KeyringOptions>): Keyring =>
    new Keyring({ keys: [], hasFile: false, verifyIncoming: true, verifyOutgoing: true, ...options });
  const opening = (keys: readonly Buffer[], verifyIncoming = true): unknown => ({
    ok: true,
    value: { keys, verifyIncoming },
  });

  test('without keys sends and reads plain', () => {
    const plain = ring({});
    expect(plain.sealing()).toEqual({ ok: true, value: undefined });
    expect(plain.opening()).toEqual(opening([]));
    expect(plain.overheadBytes).toBe(0);
  });

  test('encrypts with the first and reads with all', () => {
    const two = ring({ keys: [A, B] });
    expect(two.sealing()).toEqual({ ok: true, value: A });
    expect(two.opening()).toEqual(opening([A, B]));
    expect(two.overheadBytes).toBe(29);
  });

  test('the first of the file encrypts, those of the configuration are still accepted', () => {
    const both = ring({ keys: [A], hasFile: true });
    expect(both.sealing()).toEqual({ ok: true, value: A });
    both.take([C, B]);
    expect(both.sealing()).toEqual({ ok: true, value: C });
    expect(both.opening()).toEqual(opening([C, B, A]));
    both.take([B]);
    expect(both.opening()).toEqual(opening([B, A]));
  });

  test('that waits for its file lets nothing out and nothing in', () => {
    const waiting = ring({ hasFile: true });
    expect([waiting.sealing(), waiting.opening()]).toEqual([
      { ok: false, fault: 'LOCKED' },
      { ok: false, fault: 'LOCKED' },
    ]);
    expect(waiting.overheadBytes).toBe(29);
  });

  test('sends plain where outgoing is not verified, and reads plain where incoming is not', () => {
    const lax = ring({ keys: [A], hasFile: true, verifyIncoming: false, verifyOutgoing: false });
    expect(lax.sealing()).toEqual({ ok: true, value: undefined });
    expect(lax.opening()).toEqual(opening([A], false));
    expect(lax.overheadBytes).toBe(0);
  });
});
