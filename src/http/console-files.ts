import { extname } from 'node:path';

/** A file of the console as it is sent: whole, and in the encodings that it was built in. */
export interface ConsoleFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly gzip: Buffer | undefined;
  readonly brotli: Buffer | undefined;
}

/** The console as it was built: one page, and what it loads, by path below `/ui/`. */
export interface ConsoleFiles {
  readonly index: ConsoleFile;
  readonly assets: ReadonlyMap<string, ConsoleFile>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** @returns undefined when there is no page among them: this build has no console */
export function consoleFilesOf(built: ReadonlyMap<string, Uint8Array>): ConsoleFiles | undefined {
  const assets = new Map<string, ConsoleFile>();
  for (const [path, bytes] of built) {
    const type = TYPES[extname(path)];
    if (type === undefined) continue; // an encoding of another file, or nothing that a page loads
    const encoded = (suffix: string): Buffer | undefined => bufferOf(built.get(path + suffix));
    assets.set(path, { type, plain: Buffer.from(bytes), gzip: encoded('.gz'), brotli: encoded('.br') });
  }
  const index = assets.get('index.html');
  assets.delete('index.html');
  return index && { index, assets };
}

const bufferOf = (bytes: Uint8Array | undefined): Buffer | undefined => bytes && Buffer.from(bytes);
