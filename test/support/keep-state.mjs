// A process that keeps one state and changes it without pause, for tests that kill it: `keep-state.mjs DIST DIRECTORY`.
// It says `restored N` when it is ready (0: nothing), `kept N` when state N is on disk, and `warning …`.
import { writeSync } from 'node:fs';
import { resolve } from 'node:path';

const [, , dist, directory] = process.argv;
const load = (file) => import(resolve(dist, file));
const { Keeper } = await load('store/keeper.js');
const { ProblemBoard } = await load('lib/problems.js');
const { systemClock, systemRandom, systemWallClock } = await load('platform/clock.js');
const { systemFiles } = await load('platform/files.js');

const say = (line) => void writeSync(1, `${line}\n`);
const warn = (message) => say(`warning ${message}`);
const log = { debug() {}, info() {}, warn, error: warn, child: () => log };

/** State N: from a few bytes to some 200 KiB, and each byte of it follows from N. */
const textOf = (n) => `${n}\n${`state ${n} `.repeat((n * 7919) % 20_000)}`;

let restored = 0;
let state = 0;
let written = 0;
const counter = {
  kind: 'counter',
  version: 1,
  restore(text) {
    const n = Number.parseInt(text, 10);
    if (text !== textOf(n)) return 'is not what was written';
    restored = state = n;
    return undefined;
  },
  encode() {
    if (keeper.counts.written > written) {
      written = keeper.counts.written;
      say(`kept ${state}`);
    }
    state += 1;
    return textOf(state);
  },
};
const keeper = new Keeper({ directory, everyMs: 1 }, [counter], {
  files: systemFiles,
  clock: systemClock,
  random: systemRandom,
  problems: new ProblemBoard(systemWallClock()),
  log,
});
const stopping = new globalThis.AbortController();
process.on('SIGTERM', () => stopping.abort());
await keeper.run(stopping.signal, () => say(`restored ${restored}`));
