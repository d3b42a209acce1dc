#!/usr/bin/env node
import { COMMANDS } from '../cli/commands.js';
import { isForCli, runCli } from '../cli/run.js';
import { terminalOf } from '../cli/terminal.js';
import { parseFlags } from '../config/flags.js';
import { helpText, manualPage } from '../config/usage.js';
import { systemClock, systemWallClock } from '../platform/clock.js';
import { askHttp } from '../platform/http-client.js';
import { getHttp } from '../platform/http-get.js';
import { readRegularFile } from '../platform/read-regular-file.js';
import { stopOfCommand } from './command-stop.js';
import { ownVersion } from './process.js';
import { screenOutput } from './screen-output.js';

// The agent is loaded only where it runs: a shell that completes a word waits for this program.
const argv = process.argv.slice(2);
process.exitCode = isForCli(argv) ? await commandLine() : await agentLine();

async function commandLine(): Promise<number> {
  const stop = stopOfCommand();
  const exitCode = await runCli(argv, process.env, {
    out: screenOutput(),
    err: (text) => process.stderr.write(text),
    terminal: () => terminalOf(process.stdout, process.env),
    http: askHttp,
    get: getHttp,
    readFile: readRegularFile,
    clock: systemClock,
    wall: systemWallClock(),
    untilStopped: stop.untilStopped,
    startDev: async (follow) => (await import('./dev.js')).runDev(follow),
  });
  const code = stop.exitCode() ?? exitCode;
  if (stop.hasStopped()) process.exit(code); // an answer that is still to come is not waited for
  return code;
}

async function agentLine(): Promise<number> {
  const flags = parseFlags(argv);
  switch (flags.action) {
    case 'help':
    case 'help-long':
      process.stdout.write(helpText(COMMANDS, flags.action === 'help-long'));
      return 0;
    case 'help-man':
      process.stdout.write(manualPage(COMMANDS));
      return 0;
    case 'version':
      process.stdout.write(`sidecar ${ownVersion()}\n`);
      return 0;
    case 'check-config':
      return (await import('./agent.js')).checkConfigAndPrint(flags);
    case 'run':
      return (await import('./agent.js')).runAgent(flags, ownVersion());
  }
}
