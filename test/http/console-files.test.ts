import { expect, test } from '@jest/globals';
import { consoleFilesOf } from '../../src/http/console-files.js';

const bytes = (text: string): Uint8Array => Buffer.from(text);

test('files of the console have their types and encodings; what a page does not load is left out', () => {
  const files = consoleFilesOf(
    new Map([
      ['index.html', bytes('<page>')],
      ['assets/a.js', bytes('code')],
      ['assets/a.js.gz', bytes('gz')],
      ['assets/a.js.br', bytes('br')],
      ['assets/a.js.map', bytes('map')],
    ]),
  );
  expect(files?.index).toEqual({
    type: 'text/html; charset=utf-8',
    plain: Buffer.from('<page>'),
    gzip: undefined,
    brotli: undefined,
  });
  expect([...(files?.assets ?? [])]).toEqual([
    [
      'assets/a.js',
      {
        type: 'text/javascript; charset=utf-8',
        plain: Buffer.from('code'),
        gzip: Buffer.from('gz'),
        brotli: Buffer.from('br'),
      },
    ],
  ]);
});

test('without a page there is no console', () => {
  expect(consoleFilesOf(new Map([['assets/a.js', bytes('code')]]))).toBeUndefined();
});
