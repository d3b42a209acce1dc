import { describe, expect, test } from '@jest/globals';
import { COMMANDS } from '../../src/cli/commands.js';
import { ExitCode } from '../../src/cli/command.js';
import { USUAL_QUESTIONS } from '../../src/cli/help.js';
import { sidecar, terminal } from './agent-double.js';

const on80 = { terminal: terminal(80) };

/** Whether a line names a command that is there, with arguments and options that it takes. */
async function isUnderstood(line: string): Promise<boolean> {
  const [words = ''] = line.split(/ >>? /); // what follows is for the shell
  const commands = COMMANDS.map((command) => ({ ...command, run: () => Promise.resolve(ExitCode.Fine) }));
  return (await sidecar(words, {}, {}, {}, { commands })).exitCode === ExitCode.Fine;
}

describe('the help', () => {
  test('lists every command under a heading, in lines of 80 columns', async () => {
    const { out } = await sidecar('help', {}, {}, {}, on80);
    for (const { name, group, summary } of COMMANDS) {
      expect(out).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
      expect(out).toContain(`\n${group}:\n`);
      expect(out).toContain(`  ${summary}\n`); // on one line
    }
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(out.split('\n').length).toBeLessThan(55);
  });

  test.each(COMMANDS.map((command) => [command.name, command] as const))(
    'of %s teaches by examples',
    async (name, command) => {
      const { exitCode, out } = await sidecar(`help ${name}`, {}, {}, {}, on80);
      expect([exitCode, out.split('\n').filter((line) => line.length > 80)]).toEqual([0, []]);
      expect([2, 3, 4]).toContain(command.examples.length);
      for (const [line] of command.examples) expect(out).toContain(`  sidecar ${line}`);
    },
  );

  test('has examples that are understood, all of them', async () => {
    for (const [line] of [...USUAL_QUESTIONS, ...COMMANDS.flatMap(({ examples }) => examples)])
      expect([line, await isUnderstood(line)]).toEqual([line, true]);
    expect(await isUnderstood('ls web --no-such-flag')).toBe(false);
  });

  test('is pointed to when a command is asked in a wrong way', async () => {
    const { exitCode, err } = await sidecar('drain');
    expect([exitCode, err]).toEqual([2, expect.stringContaining('sidecar help drain shows how it is asked')]);
  });
});
