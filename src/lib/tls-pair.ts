import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { messageOf } from './fault.js';
import { ok, refused, type Result } from './result.js';

/** A certificate, with those of its chain behind it, and its private key: both PEM, and they fit together. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

/**
 * Whether a server can speak TLS with these two texts.
 *
 * @returns the pair, or what is wrong with it: a sentence's end, which shows nothing of the key
 */
export function parseTlsPair(cert: string, key: string): Result<TlsPair, string> {
  const certificate = parsed(() => new X509Certificate(cert));
  if (!certificate) return refused('the certificate is none in PEM');
  const privateKey = parsed((): KeyObject => createPrivateKey(key));
  if (!privateKey) return refused('the key is no private key in PEM, or needs a passphrase');
  if (!certificate.checkPrivateKey(privateKey)) return refused('the key is not that of the certificate');
  try {
    createSecureContext({ cert, key });
    return ok({ cert, key });
  } catch (error) {
    return refused(`OpenSSL says ${messageOf(error)}`);
  }
}

/**
 * When a certificate ends, and how long it is good for.
 *
 * @param cert that of a `TlsPair`
 * @returns milliseconds, the end since 1970
 */
export function lifeOf(cert: string): { readonly endsAtMs: number; readonly totalMs: number } {
  const { validFrom, validTo } = new X509Certificate(cert);
  const endsAtMs = Date.parse(validTo);
  return { endsAtMs, totalMs: endsAtMs - Date.parse(validFrom) };
}

function parsed<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
