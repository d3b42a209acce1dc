import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, test } from '@jest/globals';

/**
 * Who may import whom (src/README.md): a room that is not listed here may import nothing but itself. A folder of a room may have
 * a rule of its own, which then takes the place of the room's.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  bin: ['compose', 'config', 'platform', 'lib', 'cli'],
  compose: ['*'],
  config: ['lib'],
  service: ['lib'],
  catalog: ['service', 'lib'],
  gossip: ['lib'],
  'gossip/wire': ['lib'],
  'gossip/core': ['gossip/wire', 'lib'],
  'gossip/driver': ['gossip/core', 'gossip/wire', 'lib'],
  store: ['lib'],
  replication: ['catalog', 'service', 'gossip/core/ports', 'lib'],
  discovery: ['service', 'lib'],
  health: ['service', 'lib'],
  haproxy: ['catalog/reader', 'service', 'lib'],
  http: ['catalog/reader', 'service', 'metrics', 'lib'],
  explain: ['catalog/reader', 'catalog/reason', 'service', 'lib'],
  follower: ['catalog/reader', 'service', 'lib'],
  listeners: ['catalog/reader', 'service', 'lib'],
  convergence: ['catalog/reader', 'catalog/reason', 'service', 'lib'],
  journal: ['catalog/reader', 'catalog/reason', 'service', 'lib'],
  sight: ['service', 'lib'],
  metrics: ['lib'],
  cli: ['lib'],
  dev: ['service', 'catalog/reader', 'cli/screen', 'cli/table', 'cli/terminal', 'cli/text-width', 'cli/wrap', 'lib'],
  console: [],
  'console/data': [],
  'console/platform': ['console/data'],
  'console/words': ['console/data'],
  'console/hooks': ['console/data', 'console/platform'],
  'console/components': ['console/data', 'console/words', 'console/hooks'],
  'console/pages': ['console/data', 'console/words', 'console/hooks', 'console/components'],
  'console/frame': [
    ...['console/data', 'console/words', 'console/hooks', 'console/components'],
    ...['console/pages', 'console/platform'],
  ],
  platform: ['lib'],
  lib: [],
};

const SRC = 'src';

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

const sources = filesBelow(SRC).filter((path) => /\.tsx?$/.test(path));

function importsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map((match) => {
    const target = join(path, '..', match[1] ?? '');
    return relative(SRC, target).split(sep).join('/').replace(/\.js$/, '');
  });
}

describe('the house', () => {
  test('has a rule for every room', () => {
    const rooms = readdirSync(SRC, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(rooms.map(({ name }) => name).filter((name) => !(name in MAY_IMPORT))).toEqual([]);
  });

  test('nobody imports what it must not know', () => {
    const trespasses = sources.flatMap((path) => {
      const [room = '', folder = ''] = relative(SRC, path).split(sep);
      const home = `${room}/${folder}` in MAY_IMPORT ? `${room}/${folder}` : room;
      const mayImport = (target: string): boolean =>
        [home, ...(MAY_IMPORT[home] ?? [])].some(
          (door) => door === '*' || target === door || target.startsWith(`${door}/`),
        );
      return importsOf(path)
        .filter((target) => !mayImport(target))
        .map((target) => `${path} imports ${target}`);
    });
    expect(trespasses).toEqual([]);
  });

  test('every file is imported by another, or is a program', () => {
    const imported = new Set(sources.flatMap(importsOf));
    const dead = sources
      .map((path) =>
        relative(SRC, path)
          .split(sep)
          .join('/')
          .replace(/\.tsx?$/, ''),
      )
      .filter((module) => !module.startsWith('bin/') && module !== 'console/main' && !imported.has(module));
    expect(dead).toEqual([]);
  });

  test('files stay small enough to read in one sitting', () => {
    const long = sources.filter((path) => readFileSync(path, 'utf8').split('\n').length > 300);
    expect(long).toEqual([]);
  });
});
