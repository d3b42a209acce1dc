import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import stringWidth from 'string-width';
import { HIDE_SHELL, SHOW_SHELL } from '../../src/cli/screen.js';
import { target, type Agent } from '../support/agent.js';
import { Cluster } from '../support/cluster.js';
import { freePorts } from '../support/network.js';
import { PseudoTerminal } from '../support/pseudo-terminal.js';
import { until } from '../support/until.js';

const IMAGE = `registry.example.com/a/long/way/down/to/the/team/of/web:1.2.3-${'x'.repeat(60)}`;
const WIDE = '日本語のとても長い名前のサービス';
const [SHOW_CURSOR, MAIN_SCREEN] = ['\u001b[?25h', '\u001b[?1049l'];

let folder = '';
let cluster: Cluster;
let h1: Agent;
const open: { destroy(): void }[] = [];

const named = (name: string, port: number, servicePort: number, image = 'web:1.0'): unknown => ({
  Service: {
    Name: name,
    Image: image,
    ProxyMode: 'http',
    Ports: [{ Type: 'tcp', Port: port, ServicePort: servicePort, IP: '127.0.0.1' }],
  },
  Check: { Type: 'AlwaysSuccessful' },
});
let targets: readonly unknown[] = [];

beforeAll(async () => {
  const [a = 0, b = 0, c = 0, d = 0] = await freePorts(4);
  targets = [named('web', a, b, IMAGE), named(WIDE, c, d), target('broken', 1, 0)];
  cluster = await Cluster.start(2, { haproxy: true, targets: (n) => (n === 1 ? targets : [named('web', a, b)]) });
  h1 = cluster.agent(1);
  await until('h1 knows all', async () => {
    const { Services } = await h1.catalog();
    return Services['web']?.length === 2 && Services[WIDE] && Services['broken'];
  });
  folder = mkdtempSync(join(tmpdir(), 'sidecar-cli-'));
  const program = `exec ${process.execPath} ${resolve('dist/bin/sidecar.js')} "$@"`;
  writeFileSync(join(folder, 'sidecar'), `#!/bin/sh\n${program}\n`, { mode: 0o755 });
});
afterEach(() => {
  for (const each of open.splice(0)) each.destroy();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await cluster.destroy();
});

const environment = (): Record<string, string> => ({
  PATH: `${folder}:${process.env['PATH'] ?? ''}`,
  SIDECAR_AGENT: `127.0.0.1:${h1.httpPort}`,
});

function inTerminal(columns: number, command: string, env: Readonly<Record<string, string>> = {}): PseudoTerminal {
  const terminal = new PseudoTerminal(columns, command, { ...environment(), ...env });
  open.push(terminal);
  return terminal;
}

/** Runs a line of bash whose stdout is a pipe. */
function inPipe(line: string): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  return new Promise((done, fail) => {
    const env = environment();
    const child = spawn('bash', ['--norc', '-c', line], { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 20_000 });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('error', fail);
    child.on('close', (code) => done({ code, out, err }));
  });
}

/** Has something happen that is told. */
let changes = 0;
function change(): string {
  changes += 1;
  h1.writeTargets([...targets, named(`extra${changes}`, 1, 0)]);
  return `extra${changes}`;
}

const COMMANDS = [
  'status',
  'ls',
  'ls web',
  `ls ${WIDE}`,
  'ls nobody',
  'members',
  'proxy',
  'plan --diff',
  'history --since 1h',
  'history --service nobody',
  'diff 1h',
  'why web',
  'why broken',
  'help',
  'help history',
  'drain nobody@h1',
];

describe.each([80, 140])('in a terminal of %d columns', (columns) => {
  test.each(COMMANDS)('no line of sidecar %s is longer', async (command) => {
    const terminal = inTerminal(columns, `sidecar ${command}`);
    expect([0, 1]).toContain(await terminal.ended());
    expect(terminal.output.length).toBeGreaterThan(10);
    expect(terminal.lines.filter((line) => stringWidth(line) > columns)).toEqual([]);
  });

  test('a table uses the width there is, and shortens only what does not fit', async () => {
    const terminal = inTerminal(columns, 'sidecar ls web');
    await terminal.ended();
    const row = terminal.lines.find((line) => line.startsWith('h1')) ?? '';
    expect(stringWidth(row)).toBe(columns);
    expect(row).toMatch(/->.*registry\.example.*…$/);
  });

  test('COLUMNS wins over what the terminal says', async () => {
    const terminal = inTerminal(columns, 'sidecar ls web', { COLUMNS: '60' });
    await terminal.ended();
    expect(Math.max(...terminal.lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(60);
  });
});

describe.each([80, 140])('what happened is shown in a terminal of %d columns', (columns) => {
  test('by history and diff', async () => {
    const from = new Date().toISOString();
    const name = change();
    await until('it is known', async () => (await h1.instances(name)).length > 0);
    const [diff, history] = [`sidecar diff ${from} now`, `sidecar history --since ${from} --service ${name}`].map(
      (command) => inTerminal(columns, command),
    );
    expect([await diff?.ended(), await history?.ended()]).toEqual([0, 0]);
    expect(diff?.lines.find((line) => line.startsWith('+'))).toContain(name);
    expect(history?.output).toContain(`${name} on h1`);
    const lines = [...(diff?.lines ?? []), ...(history?.lines ?? [])];
    expect(lines.filter((line) => stringWidth(line) > columns)).toEqual([]);
  });
});

describe('in a terminal', () => {
  test('there is colour, unless NO_COLOR is set', async () => {
    const [colored, plain] = [inTerminal(80, 'sidecar ls'), inTerminal(80, 'sidecar ls', { NO_COLOR: '1' })];
    await Promise.all([colored.ended(), plain.ended()]);
    expect(colored.output).toContain('\u001b[32m');
    expect(plain.output).not.toContain('\u001b');
  });

  test.each(['\u0003', 'SIGTERM'])(
    'watch shows changes in place, and %j gives the cursor and the screen back',
    async (end) => {
      const terminal = inTerminal(
        80,
        end === 'SIGTERM' ? `bash --norc -c 'sidecar watch & echo $! > ${folder}/pid; wait $!'` : 'sidecar watch',
      );
      await until('the table is there', () => terminal.output.includes('SERVICE'));
      const name = change();
      await until('it shows the change', () => terminal.output.includes(name));
      if (end === 'SIGTERM') await inPipe(`kill $(cat ${folder}/pid)`);
      else terminal.type(end);
      expect(await terminal.ended()).toBe(0);
      expect(terminal.output.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(terminal.output.lastIndexOf('\u001b[?25l'));
      expect(terminal.output.lastIndexOf(MAIN_SCREEN)).toBeGreaterThan(terminal.output.lastIndexOf('SERVICE'));
    },
  );

  test('Ctrl-Z gives the shell its screen back while watch is suspended, and fg shows the table again', async () => {
    const terminal = inTerminal(80, 'bash --norc -i', { PS1: '> ', HISTFILE: '' });
    terminal.type('sidecar watch\n');
    await until('the table is there', () => terminal.output.includes('SERVICE'));
    terminal.type('\u001a');
    await until('it is suspended', () => /Stopped +sidecar watch/.test(terminal.output));
    expect(terminal.output.lastIndexOf(MAIN_SCREEN)).toBeGreaterThan(terminal.output.lastIndexOf('SERVICE'));
    const { length } = terminal.output;
    terminal.type('fg\n');
    await until('the table is there again', () => terminal.output.slice(length).includes(`${HIDE_SHELL}\u001b[H`));
    terminal.type('\u0003');
    await until('it has ended', () => terminal.output.slice(length).includes(SHOW_SHELL));
    terminal.type('exit\n');
    expect(await terminal.ended()).toBe(0);
  });

  test('events come as they happen, over a restart of the agent, until Ctrl-C', async () => {
    const terminal = inTerminal(80, 'sidecar events --host h1');
    await until('it follows', () => terminal.output.includes('Ctrl-C'));
    const name = change();
    await until('it shows the change', () => terminal.output.includes(`${name} on h1`));
    h1.kill();
    await h1.ended();
    await until('it says so', () => terminal.output.includes('is away'));
    cluster.spawn(1);
    await until(
      'it goes on',
      () => terminal.output.includes('is back') && terminal.output.includes('the agent starts'),
    );
    terminal.type('\u0003');
    expect(await terminal.ended()).toBe(0);
    expect(terminal.lines.filter((line) => stringWidth(line) > 80)).toEqual([]);
    await h1.untilReady();
  });

  describe.each([
    ['bash', '--norc -i', 'eval "$(sidecar completion bash)"'],
    ['zsh', '-f -i', 'autoload -U compinit; compinit -u -D; eval "$(sidecar completion zsh)"'],
    ['fish', '--no-config -i', 'sidecar completion fish | source'],
  ])('%s completes', (shell, flags, load) => {
    const isHere = spawnSync(shell, ['--version']).status === 0;
    if (!isHere) process.stderr.write(`skipped the tests of completion in ${shell}: it is not installed\n`);

    (isHere ? test : test.skip).each([
      ['what the usual agent knows', (agent: string) => agent, 'sidecar --json ls we'],
      ['what the agent of the line knows', () => '127.0.0.1:1', 'sidecar ls --json --agent AGENT we'],
      ['commands', () => '127.0.0.1:1', 'sidecar --json --agent=AGENT sta'],
    ])('%s', async (_, usualAgent, line) => {
      const agent = `127.0.0.1:${h1.httpPort}`;
      const env = { SIDECAR_AGENT: usualAgent(agent), HOME: folder, HISTFILE: '' };
      const terminal = inTerminal(140, `${shell} ${flags}`, env);
      terminal.type(`${load}; echo loa""ded\n`);
      await until('it is loaded', () => terminal.output.includes('loaded'));
      terminal.type(`${line.replace('AGENT', agent)}\t`);
      await until('the word is there', () => /web|status/.test(terminal.output));
      terminal.type('\nexit\n');
      await terminal.ended();
      expect(terminal.output).toMatch(/"name":"web"|"ready":true/);
    });
  });
});

describe('in a pipe', () => {
  test.each(COMMANDS)('sidecar %s has no escape sequence and nothing shortened', async (command) => {
    const { code, out, err } = await inPipe(`sidecar ${command} | cat; exit \${PIPESTATUS[0]}`);
    expect([code === 0 || code === 1, err]).toEqual([true, '']);
    expect(out).not.toContain('\u001b');
    expect(out).not.toMatch(/…$/m);
  });

  test('a table is as wide as it must be', async () => {
    expect((await inPipe('sidecar ls web | cat')).out).toContain(IMAGE);
  });

  test('watch has a line for each change', async () => {
    const running = inPipe('sidecar watch | head -n 1; echo "${PIPESTATUS[*]}"');
    const ended = running.then(() => true);
    // head ends with the first line, and watch learns of that when it writes the next one
    await until('it has ended', () => {
      change();
      return Promise.race([ended, new Promise<false>((resolve) => setTimeout(() => resolve(false), 300))]);
    });
    const { out, err } = await running;
    expect([err, out]).toEqual([
      '',
      expect.stringMatching(/^\d{4}-\d\d-\d\dT\S+Z {2}service +extra\d+ on h1 .*\n0 0\n$/),
    ]);
  });

  test('who stops reading is no fault', async () => {
    const { out, err } = await inPipe('sidecar help-nothing 2>&1 | true; sidecar ls | true; echo "${PIPESTATUS[0]}"');
    expect([out, err]).toEqual(['0\n', '']);
  });

  test('a disk that is full is one', async () => {
    const { code, err } = await inPipe('sidecar ls > /dev/full');
    expect([code, err]).toEqual([2, expect.stringMatching(/^sidecar: the output cannot be written: ENOSPC/)]);
  });

  test('--json is one document, or an object on each line', async () => {
    for (const command of ['status', 'ls', 'ls web', 'members', 'proxy', 'plan', 'why web'])
      expect(JSON.parse((await inPipe(`sidecar ${command} --json`)).out)).toBeInstanceOf(Object);
    const { out } = await inPipe('sidecar history --json');
    for (const line of out.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('id');
  });
});
