import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { lifeOf, parseTlsPair } from '../../src/lib/tls-pair.js';

const read = (name: string): string => readFileSync(new URL(`../fixtures/http-tls/${name}`, import.meta.url), 'utf8');
const [CERT, KEY, OTHER_KEY] = [read('cert.pem'), read('key.pem'), read('renewed-key.pem')];

test('a certificate and its key are a pair, also with a chain behind the certificate', () => {
  expect(parseTlsPair(CERT, KEY)).toEqual({ ok: true, value: { cert: CERT, key: KEY } });
  expect(parseTlsPair(CERT + read('renewed-cert.pem'), KEY).ok).toBe(true);
});

const locked = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  ...{ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'p' },
});

test.each([
  ['an empty certificate', '', KEY, 'the certificate is none in PEM'],
  ['half a certificate', CERT.slice(0, 300), KEY, 'the certificate is none in PEM'],
  ['an empty key', CERT, '', 'the key is no private key in PEM, or needs a passphrase'],
  ['a key behind a passphrase', CERT, String(locked), 'the key is no private key in PEM, or needs a passphrase'],
  ['two texts the wrong way round', KEY, CERT, 'the certificate is none in PEM'],
  ["another certificate's key", CERT, OTHER_KEY, 'the key is not that of the certificate'],
])('%s is refused', (_, cert, key, fault) => {
  expect(parseTlsPair(cert, key)).toEqual({ ok: false, fault });
});

test('a chain that OpenSSL cannot read is refused in its words', () => {
  const chain = `${CERT}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`;
  expect(parseTlsPair(chain, KEY)).toEqual({ ok: false, fault: expect.stringMatching(/^OpenSSL says ./) });
});

test('the life of a certificate is that of the first one in the text', () => {
  const endsAtMs = Date.UTC(2020, 0, 31);
  expect(lifeOf(read('january-cert.pem') + CERT)).toEqual({ endsAtMs, totalMs: 30 * 24 * 3_600_000 });
});
