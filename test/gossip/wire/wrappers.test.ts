import { describe, expect, test } from '@jest/globals';
import { addChecksum, removeChecksum } from '../../../src/gossip/wire/checksum.js';
import { decodeCompound, encodeCompound } from '../../../src/gossip/wire/compound.js';
import { compress, decompress } from '../../../src/gossip/wire/compress.js';
import { encodeMap } from '../../../src/gossip/wire/msgpack.js';
import { sealPacket } from '../../../src/gossip/wire/packet.js';
import { fromHex, toHex, vectorFile } from './vectors.js';

const MIB = 1_048_576;

interface CompoundVectors {
  readonly vectors: readonly {
    readonly name: string;
    readonly parts: readonly string[] | null;
    readonly hex: string;
  }[];
  readonly decodeOnly: readonly {
    readonly name: string;
    readonly hex: string;
    readonly parts: readonly string[] | null;
    readonly truncated: number;
    readonly error?: string;
  }[];
  readonly goSidecarCountOverflow: { readonly hex: string };
}

describe('compounds', () => {
  const { vectors, decodeOnly, goSidecarCountOverflow } = vectorFile('compound.json') as CompoundVectors;

  test.each(vectors)('$name: is taken apart, and put together as it was', ({ parts, hex }) => {
    const expected = (parts ?? []).map(fromHex);
    expect(decodeCompound(fromHex(hex))).toEqual({ ok: true, value: { parts: expected, missing: 0 } });
    if (expected.every((part) => part.length > 0)) expect(toHex(encodeCompound(expected))).toBe(hex);
    else expect(() => encodeCompound(expected)).toThrow('a part has 1 to 65,535 bytes');
  });

  test.each(decodeOnly)('$name', ({ hex, parts, truncated, error }) => {
    const compound = decodeCompound(fromHex(hex));
    if (error !== undefined) expect(compound).toMatchObject({ ok: false, fault: { code: 'TRUNCATED' } });
    else expect(compound).toEqual({ ok: true, value: { parts: (parts ?? []).map(fromHex), missing: truncated } });
  });

  test('200 parts are read, though a Go Sidecar cannot', () => {
    const compound = decodeCompound(fromHex(goSidecarCountOverflow.hex));
    expect(compound.ok && compound.value.parts.length).toBe(200);
  });

  test('128 parts are never written', () => {
    const parts = (count: number): Uint8Array[] => Array.from({ length: count }, () => Uint8Array.of(8));
    expect(encodeCompound(parts(127)).length).toBe(2 + 127 * 3);
    expect(() => encodeCompound(parts(128))).toThrow('a compound has at most 127 parts');
  });

  test('a part has at most 65,535 bytes', () => {
    expect(encodeCompound([new Uint8Array(65_535)]).length).toBe(65_539);
    expect(() => encodeCompound([new Uint8Array(65_536)])).toThrow('a part has 1 to 65,535 bytes');
  });
});

describe('compression', () => {
  interface Vector {
    readonly name: string;
    readonly plain: string;
    readonly hex: string;
    readonly udpSends: 'plain' | 'compressed';
  }
  const { vectors } = vectorFile('compress.json') as { readonly vectors: readonly Vector[] };

  test.each(vectors)('$name: both ways, and a packet holds the shorter one', ({ plain, hex, udpSends }) => {
    expect(toHex(compress(fromHex(plain)))).toBe(hex);
    expect(decompress(fromHex(hex), MIB)).toEqual({ ok: true, value: fromHex(plain) });
    const packet = sealPacket(fromHex(plain), { compress: true, checksum: false, key: undefined });
    expect(toHex(packet)).toBe(udpSends === 'plain' ? plain : hex);
  });

  test('an algorithm other than LZW is refused', () => {
    const other = (algorithm: number): Uint8Array => Uint8Array.of(9, ...encodeMap({ Algo: algorithm, Buf: 'x' }));
    expect(decompress(other(1), MIB)).toMatchObject({ fault: { code: 'UNKNOWN_COMPRESSION' } });
    expect(decompress(other(256), MIB)).toMatchObject({ fault: { code: 'OUT_OF_RANGE' } });
  });

  test('without a buffer there is nothing to decompress', () => {
    expect(decompress(fromHex('0980'), MIB)).toMatchObject({ fault: { code: 'TRUNCATED' } });
  });
});

describe('the checksum', () => {
  interface Vector {
    readonly name: string;
    readonly plain: string;
    readonly hex: string;
    readonly valid?: false;
  }
  const { vectors } = vectorFile('crc.json') as { readonly vectors: readonly Vector[] };

  test.each(vectors)('$name', ({ plain, hex, valid = true }) => {
    if (valid) {
      expect(toHex(addChecksum(fromHex(plain)))).toBe(hex);
      expect(removeChecksum(fromHex(hex))).toEqual({ ok: true, value: fromHex(plain) });
    } else {
      expect(removeChecksum(fromHex(hex))).toMatchObject({ ok: false, fault: { code: 'BAD_CHECKSUM' } });
    }
  });
});
