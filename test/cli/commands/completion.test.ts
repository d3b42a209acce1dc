import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { COMMANDS } from '../../../src/cli/commands.js';
import { answer, sidecar } from '../agent-double.js';
import { instance, stateOf } from '../state-double.js';

const MEMBERS = {
  clusterName: 'prod',
  hostname: 'h1',
  members: ['h1', 'h2'].map((name) => ({
    ...{ name, address: '10.0.0.1', port: 7946, state: 'alive', isSelf: name === 'h1', incarnation: 1 },
    ...{ lastHeardAgoMs: null, roundTripMs: null, skewMs: null, versions: null, givenUpInMs: null },
  })),
};
const STATE = stateOf(
  instance(),
  instance({ ID: 'bb', Name: 'api', Hostname: 'h2' }),
  instance({ ID: 'cc', Name: 'old', Status: 1 }),
  instance({ ID: '$(touch /tmp/owned)', Name: 'a b' }),
);
const WORLD = { '/state.json': answer(200, STATE), '/api/members': answer(200, MEMBERS) };

/** Where a program called sidecar is, which answers as the agent would, and keeps what it was asked. */
let folder = '';
let script = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sidecar-completion-'));
  script = (await sidecar('completion bash')).out;
  const answers =
    'case "$*" in *NAME@HOST*) echo web@h1; echo web@h2; echo 71c2 ;; *HOST*) echo h1; echo h2 ;; *) echo web; echo api ;; esac';
  writeFileSync(join(folder, 'sidecar'), `#!/bin/sh\necho "$*" >> ${folder}/asked\n${answers}\n`, { mode: 0o755 });
  writeFileSync(join(folder, 'new.hbs'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What bash would put in the place of the last word. */
function completed(line: string): readonly string[] {
  const call = `COMP_WORDS=(sidecar) COMP_LINE="$1" COMP_POINT=\${#1}; _sidecar; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}` };
  const out = execFileSync('bash', ['--norc', '-c', `${script}\n${call}`, 'bash', line], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return out.split('\n').filter(Boolean);
}

describe('in bash', () => {
  test.each<[string, readonly string[]]>([
    ['sidecar dr', ['drain']],
    ['sidecar h', ['history', 'help']],
    ['sidecar --agent a:1 le', ['leave']],
    ['sidecar help ou', []],
    ['sidecar help mem', ['members']],
    ['sidecar history --s', ['--service', '--since']],
    ['sidecar history --service web --li', ['--limit']],
    ['sidecar --a', ['--agent']],
    ['sidecar completion ', ['bash', 'zsh', 'fish']],
    ['sidecar ls ', ['web', 'api']],
    ['sidecar ls w', ['web']],
    ['sidecar ls web ', []],
    ['sidecar --json ls w', ['web']],
    ['sidecar history --service a', ['api']],
    ['sidecar history --host=', ['h1', 'h2']],
    ['sidecar history --kind se', ['service', 'set-aside']],
    ['sidecar forget ', ['h1', 'h2']],
    ['sidecar drain web@', ['h1', 'h2']], // bash has broken the word after the @
    ['sidecar drain 7', ['71c2']],
    ['sidecar plan --template n', ['new.hbs']],
    ['sidecar history --since ', []],
  ])('%j is completed to %j', (line, words) => {
    expect(completed(line)).toEqual(words);
  });

  test('the agent of the line is the one that is asked', () => {
    completed('sidecar ls --agent 10.0.0.6:7777 w');
    expect(execFileSync('tail', ['-n1', join(folder, 'asked')], { encoding: 'utf8' })).toBe(
      '--agent 10.0.0.6:7777 completion --words NAME\n',
    );
  });
});

describe.each(['zsh', 'fish'])('the script for %s', (shell) => {
  test('names every command and the kinds of words', async () => {
    const { exitCode, out } = await sidecar(`completion ${shell}`);
    expect(exitCode).toBe(0);
    for (const { name } of COMMANDS) expect(out).toContain(name);
    expect(out).toContain('_sidecar_asked NAME');
  });
});

describe('the words that the scripts ask for', () => {
  test.each([
    ['NAME', ['api', 'web']],
    ['HOST', ['h1', 'h2']],
    ['ID', ['bb', 'aa']],
    ['ID,NAME@HOST', ['bb', 'api@h2', 'aa', 'web@h1']],
    ['SOMETHING', []],
  ])('%s are those the agent knows, without any that a shell could obey', async (kinds, words) => {
    const { exitCode, out } = await sidecar(`completion --words ${kinds}`, WORLD);
    expect([exitCode, out.split('\n').filter(Boolean)]).toEqual([0, words]);
  });

  test('are none when no agent answers', async () => {
    expect(await sidecar('completion --words NAME')).toMatchObject({ exitCode: 2, out: '' });
  });
});

test('a shell that is not known is refused with those that are', async () => {
  expect((await sidecar('completion tcsh')).err).toMatch(/Allowed choices are bash, zsh, fish/);
  expect(await sidecar('completion')).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('bash, zsh, fish'),
  });
});
