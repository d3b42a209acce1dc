import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';

const deflated = promisify(deflateRaw);

/** Speed counts: there is only so much to be had beyond. */
const LEVEL = 3;

/** Packs a text (RFC 1951) beside all else that goes on. */
export const deflate = async (text: string): Promise<Buffer> => deflated(text, { level: LEVEL });
