import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { table, type Column } from '../../src/cli/table.js';
import { NO_TERMINAL } from '../../src/cli/terminal.js';
import { widthOf } from '../../src/cli/text-width.js';
import { terminal } from './agent-double.js';

interface Row {
  readonly name: string;
  readonly count: string;
  readonly image: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'NAME', min: 4, cell: ({ name }) => name, paint: ({ red }) => red },
  { title: 'N', align: 'right', cell: ({ count }) => count },
  { title: 'IMAGE', min: 4, isExtra: true, cell: ({ image }) => image },
];
const ROWS: readonly Row[] = [
  { name: 'web', count: '2', image: 'registry.example/team/web:1.2.3' },
  { name: 'catalogue', count: '17', image: 'c:1' },
];

describe('a table', () => {
  test('is as wide as its content where there is no terminal', () => {
    expect(table(COLUMNS, ROWS, NO_TERMINAL)).toEqual([
      'NAME        N  IMAGE',
      'web         2  registry.example/team/web:1.2.3',
      'catalogue  17  c:1',
    ]);
  });

  test('shortens its widest cells first', () => {
    expect(table(COLUMNS, ROWS, terminal(30))).toEqual([
      'NAME        N  IMAGE',
      'web         2  registry.examp…',
      'catalogue  17  c:1',
    ]);
  });

  test('leaves columns out when shortening is not enough', () => {
    expect(table(COLUMNS, ROWS, terminal(13))).toEqual(['NAME        N', 'web         2', 'catalogue  17']);
  });

  test('counts wide characters as two cells, and combining ones as none', () => {
    const rows = [
      { name: '日本語', count: '1', image: 'x' },
      { name: 'e\u0301te\u0301', count: '1', image: 'x' },
    ];
    expect(table(COLUMNS, rows, NO_TERMINAL)).toEqual(['NAME    N  IMAGE', '日本語  1  x', 'e\u0301te\u0301     1  x']);
  });

  test('paints only where there is colour, and what it paints is as wide as before', () => {
    const [, line = ''] = table(COLUMNS, ROWS, { ...terminal(80), hasColor: true });
    expect(line).toBe('\u001b[31mweb\u001b[39m         2  registry.example/team/web:1.2.3');
  });

  test('a name cannot command the terminal, nor begin a line of its own', () => {
    const [, line = ''] = table(COLUMNS, [{ name: 'a\u001b[2J\nb', count: '1', image: 'x' }], NO_TERMINAL);
    expect(line).toBe('a\\u001b[2J\\u000ab  1  x');
  });

  test('never has a line that is longer than the terminal', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 });
    const row = fc.record({ name: text, count: text, image: text });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), fc.integer({ min: 20, max: 200 }), (rows, columns) => {
        const lines = table(COLUMNS, rows, terminal(columns));
        expect(lines).toHaveLength(rows.length + 1);
        expect(lines.filter((line) => widthOf(line) > columns)).toEqual([]);
      }),
    );
  });
});
