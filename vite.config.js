// Builds the console (src/console) into dist/console, from where the agent serves it.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { defineConfig } from 'vite';

/** Beside each file its encodings: the agent compresses nothing while it runs. */
const encodings = {
  name: 'encodings',
  async writeBundle({ dir }, bundle) {
    for (const name of Object.keys(bundle)) {
      const path = join(dir, name);
      const plain = await readFile(path);
      await writeFile(`${path}.gz`, await promisify(gzip)(plain, { level: constants.Z_BEST_COMPRESSION }));
      await writeFile(`${path}.br`, await promisify(brotliCompress)(plain));
    }
  },
};

export default defineConfig({
  root: 'src/console',
  base: '/ui/',
  publicDir: false,
  logLevel: 'warn',
  plugins: [encodings],
  build: {
    outDir: '../../dist/console',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0, // nothing is in line: the policy of the page forbids it
    modulePreload: { polyfill: false },
  },
});
