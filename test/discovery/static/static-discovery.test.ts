import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StaticDiscovery } from '../../../src/discovery/static/static-discovery.js';
import type { Facts } from '../../../src/lib/logger.js';
import { ProblemBoard } from '../../../src/lib/problems.js';
import { refused, ok } from '../../../src/lib/result.js';
import type { FileRead, WatchFile } from '../../../src/lib/watched-file.js';
import { watchFile } from '../../../src/platform/watch-file.js';
import type { DiscoveredService } from '../../../src/service/discovered.js';
import { FakeClock, fakeWall } from '../../support/time.js';
import { until } from '../../support/until.js';

let path: string;
let clock: FakeClock;
let problems: ProblemBoard;
let warned: string[];
let informed: string[];
let failed: unknown[];
let lists: (readonly DiscoveredService[])[];
let isReady: boolean;
let end: () => Promise<void>;
let discovery: StaticDiscovery;

function start(watch: WatchFile): void {
  const stop = new AbortController();
  const quiet = (): void => undefined;
  const log = {
    debug: quiet,
    info: (message: string) => void informed.push(message),
    warn: (message: string) => void warned.push(message),
    error: (_message: string, facts?: Facts) => void failed.push(facts),
    child: () => log,
  };
  discovery = new StaticDiscovery(
    { path, hostname: 'h1', publishedAddress: '10.0.0.1', ownPorts: new Map([[7777, 'the HTTP API of Sidecar']]) },
    {
      watchFile: watch,
      onListed: (source, services) => {
        expect(source).toBe('static');
        lists.push(services);
      },
      wall: fakeWall(clock),
      problems,
      log,
    },
  );
  const ended = discovery.run(stop.signal, () => {
    isReady = true;
  });
  end = async () => {
    stop.abort();
    await ended;
  };
}

beforeEach(() => {
  path = 'static.json';
  clock = new FakeClock();
  problems = new ProblemBoard(fakeWall(clock));
  [warned, informed, failed, lists, isReady] = [[], [], [], [], false];
});
afterEach(() => end());

const file = (...names: (string | null)[]): string =>
  JSON.stringify(names.map((Name) => (Name === null ? null : { Service: { Name } })));
const lastNames = () => lists.at(-1)?.map(({ name }) => name);
const stated = () => problems.list().map(({ code, message }) => `${code}: ${message}`);

describe('static discovery', () => {
  /** What the file turns out to hold next. */
  let read: (read: FileRead) => void;
  let fail: (error: unknown) => void;
  const holds = (text: string): void => read(ok(text));
  const missing: FileRead = refused({ code: 'FILE_MISSING', message: 'static.json does not exist' });

  beforeEach(() => {
    start((_path, _maxBytes, watcher) => {
      ({ onRead: read, onError: fail } = watcher);
      return () => Promise.resolve();
    });
  });

  test('hands over the whole list, and again when it changes', () => {
    holds(file('a'));
    holds(file('a', 'b'));
    holds(file());
    expect(lists.map((list) => list.map(({ name }) => name))).toEqual([['a'], ['a', 'b'], []]);
  });

  test('a missing file stops nobody, and nothing is listed: not listed yet is not the same as empty', () => {
    expect(isReady).toBe(true);
    read(missing);
    expect(lists).toEqual([]);
    expect(stated()).toEqual(['FILE_MISSING: static.json does not exist; no static service is known']);
  });

  test('tells what it has to do with one service: what is wrong with the file, and which of its targets are refused', () => {
    expect(discovery.trace('a')).toEqual({ path: 'static.json', unusable: undefined, refused: [] });
    holds('[');
    expect(discovery.trace('a').unusable).toContain('no static service is known');
    holds('[{"Service":{"Name":"a","ProxyMode":"ftp"}},{"Service":{"Name":"b","ProxyMode":"ftp"}},7]');
    expect(discovery.trace('a')).toEqual({
      ...{ path: 'static.json', unusable: undefined },
      refused: [{ index: 0, message: expect.stringContaining('ProxyMode is "ftp"') as unknown }],
    });
    holds(file('a'));
    expect(discovery.trace('a').refused).toEqual([]);
  });

  test('a bad file keeps the last good list, states one problem, once, and its end', () => {
    holds(file('a'));
    holds('[{"Service":');
    holds('[{"Service":');
    const words = 'static.json ends at line 1, column 13, expected a value; the services read before stay in force';
    expect(stated()).toEqual([`JSON_TRUNCATED: ${words}`]);
    expect(warned).toEqual([words]);
    read(missing);
    expect(problems.list().map(({ code }) => code)).toEqual(['FILE_MISSING']);
    expect(lists).toHaveLength(1);

    holds(file('a'));
    expect(stated()).toEqual([]);
    expect(informed.filter((line) => line.includes('in order again'))).toHaveLength(1);
    expect(lists).toHaveLength(1); // nothing is new
  });

  test('a fault of the program is stated and logged, keeps the last good list, and ends with the next good file', () => {
    holds(file('a'));
    const error = new RangeError('too deep');
    fail(error);
    const words = 'static.json could not be taken in: too deep; the services read before stay in force';
    expect(stated()).toEqual([`FILE_NOT_TAKEN: ${words}`]);
    expect(failed).toEqual([{ path: 'static.json', error }]);
    holds(file('a', 'b'));
    expect(lastNames()).toEqual(['a', 'b']);
    expect(stated()).toEqual([]);
  });

  test('a refused target is stated with its index; the others are handed over', () => {
    holds(file('a', null, 'b'));
    expect(lastNames()).toEqual(['a', 'b']);
    const words = 'static.json: target 1 is null, expected an object with Service and Check';
    expect(stated()).toEqual([`TARGET_NOT_AN_OBJECT: ${words}`]);
    holds(file('a', 'c', 'b'));
    expect(stated()).toEqual([]);
  });

  test('of many refused targets the first are stated one by one, the rest as a number', () => {
    holds(file(...Array.from({ length: 30 }, () => null)));
    expect(problems.list()).toHaveLength(21);
    expect(stated().at(-1)).toBe('MORE_TARGETS_REFUSED: static.json: 10 more targets are refused');
  });

  test('a service keeps the time when it was first seen for as long as it is listed', async () => {
    const createdOf = (name: string) => lists.at(-1)?.find((service) => service.name === name)?.created ?? 0n;
    holds(file('a'));
    const first = createdOf('a');
    await clock.advance(1_000);
    holds(file('a', 'b'));
    expect(createdOf('a')).toBe(first);
    expect(createdOf('b')).toBeGreaterThan(first);
    holds(file('b'));
    holds(file('a', 'b'));
    expect(createdOf('a')).toBeGreaterThan(first);
  });
});

describe('static discovery of a real file', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'static-'));
    path = join(dir, 'static.json');
    start(watchFile);
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  test('it comes, is half written, is replaced and goes, and the services follow what is good', async () => {
    await until('it is missed', () => problems.list().some(({ code }) => code === 'FILE_MISSING'));
    writeFileSync(path, file('a'));
    await until('a is listed', () => lastNames()?.join() === 'a');
    writeFileSync(path, file('a', 'b').slice(0, 20));
    await until('the half is stated', () => problems.list().some(({ code }) => code === 'JSON_TRUNCATED'));
    writeFileSync(`${path}.new`, file('a', 'b'));
    renameSync(`${path}.new`, path);
    await until('b is listed', () => lastNames()?.join() === 'a,b');
    expect(problems.list()).toEqual([]);
    rmSync(path);
    await until('it is missed again', () => problems.list().some(({ code }) => code === 'FILE_MISSING'));
    expect(lists).toHaveLength(2);
  });
});
