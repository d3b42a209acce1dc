import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { builtConsole } from '../../src/compose/console.js';
import { silent } from '../support/log.js';

let folder = '';
const warnings: string[] = [];
const log = { ...silent, warn: (message: string) => void warnings.push(message) };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'console-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), 'page');
  warnings.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

test('is what was built', () => {
  expect(builtConsole(log, folder)?.index.plain.toString()).toBe('page');
  expect(builtConsole(log, join(folder, 'no-such'))).toBeUndefined();
  expect(warnings).toEqual([]);
});

test('that cannot be read does not keep the agent from its work, and the log says so', () => {
  symlinkSync(folder, join(folder, 'assets', 'a.js')); // as little to be read as one that is closed to this user
  expect(builtConsole(log, folder)).toBeUndefined();
  expect(warnings).toEqual(['the console cannot be read: /ui/ lists the routes in its place']);
});
