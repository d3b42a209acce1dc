import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

const CHUNK_BYTES = 65_536;

/**
 * The content of a file at the start of a process. It never waits: a pipe, which could be silent for ever, is refused.
 *
 * @throws the system's error; or one whose `code` is `EISDIR`, `ENOTREG` (a pipe, a device), `EFBIG` (more than `maxBytes`)
 */
export function readRegularFile(path: string, maxBytes: number): Uint8Array {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const facts = fstatSync(file);
    if (facts.isDirectory()) throw fileError('EISDIR', `${path} is a directory`);
    if (!facts.isFile()) throw fileError('ENOTREG', `${path} is not a regular file`);
    const chunks: Uint8Array[] = [];
    let size = 0;
    while (size <= maxBytes) {
      const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, maxBytes + 1 - size));
      const length = readSync(file, chunk);
      if (length === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, length));
      size += length;
    }
    throw fileError('EFBIG', `${path} is larger than ${maxBytes} bytes`);
  } finally {
    closeSync(file);
  }
}

const fileError = (code: string, message: string): Error => Object.assign(new Error(message), { code });
