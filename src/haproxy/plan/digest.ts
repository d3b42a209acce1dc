import { createHash } from 'node:crypto';

/** A short name of a text, for showing which one is where: 16 hexadecimal digits of its SHA-256. */
export const configDigest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
