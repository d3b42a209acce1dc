import { describe, expect, test } from '@jest/globals';
import {
  diffLinesOf,
  diffSizes,
  piecesOf,
  searched,
  sectionsOf,
} from '../../../../src/console/pages/haproxy/config-text.js';

const TEXT = `# made by a program

global
	maxconn 10

# web at 8080
frontend web-8080
	bind 10.0.0.1:8080
backend web-8080
	server a 10.0.0.5:32768
`;

describe('a configuration', () => {
  test('is cut at its sections, with the remarks above them, and loses no line', () => {
    const sections = sectionsOf(TEXT);
    expect(sections.map(({ title, first }) => [title, first])).toEqual([
      ['', 1],
      ['global', 3],
      ['frontend web-8080', 6],
      ['backend web-8080', 9],
    ]);
    expect(`${sections.flatMap(({ lines }) => lines).join('\n')}\n`).toBe(TEXT);
  });

  test('may begin with a section, and with a remark right above it', () => {
    expect(sectionsOf('global\n').map(({ first }) => first)).toEqual([1]);
    expect(sectionsOf('# all\nglobal\n')).toEqual([{ title: 'global', first: 1, lines: ['# all', 'global'] }]);
  });

  test('is searched by line, whatever the case, and only sections that have it are left', () => {
    const sections = sectionsOf(TEXT);
    const found = searched(sections, '10.0.0.');
    expect([found.lines, found.sections.map(({ title }) => title)]).toEqual([
      2,
      ['frontend web-8080', 'backend web-8080'],
    ]);
    expect(searched(sections, 'BIND').lines).toBe(1);
    expect(searched(sections, '').sections).toBe(sections);
    expect(searched(sections, 'nowhere')).toEqual({ sections: [], lines: 0 });
  });

  test('shows what was found in a line, each time', () => {
    expect(piecesOf('Web-web x', 'web')).toEqual([
      { text: 'Web', isFound: true },
      { text: '-', isFound: false },
      { text: 'web', isFound: true },
      { text: ' x', isFound: false },
    ]);
    expect(piecesOf('x', 'web')).toEqual([{ text: 'x', isFound: false }]);
  });
});

describe('a difference', () => {
  const DIFF = '--- a\n+++ b\n@@ -3,3 +3,3 @@\n global\n-\tmaxconn 1\n+\tmaxconn 2\n \n@@ -9,1 +9,2 @@\n-- x\n+++ y\n';

  test('has signs for what was added and removed, and the numbers of the new text', () => {
    expect(diffLinesOf(DIFF).map(({ kind, text, number }) => [kind, text, number])).toEqual([
      ['same', 'global', 3],
      ['removed', '\tmaxconn 1', undefined],
      ['added', '\tmaxconn 2', 4],
      ['same', '', 5],
      ['cut', '⋯', undefined],
      ['removed', '- x', undefined],
      ['added', '++ y', 9],
    ]);
    expect(diffSizes(diffLinesOf(DIFF))).toEqual({ added: 2, removed: 2 });
  });

  test('that is too long is a remark', () => {
    const [line, ...others] = diffLinesOf('--- a\n+++ b\n@@ -1,9 +1,9 @@\n… more than 1000 lines differ\n');
    expect([line?.kind, line?.text, others]).toEqual(['cut', '… more than 1000 lines differ', []]);
  });

  test('of the first text is empty', () => {
    expect(diffLinesOf('')).toEqual([]);
  });
});
