#!/usr/bin/env node
import { COMMANDS } from '../cli/commands.js';
import { isForCli, runCli } from '../cli/run.js';
import { parseFlags } from '../config/flags.js';
import { helpText, manualPage } from '../config/usage.js';
import { askHttp } from '../platform/http-client.js';
import { readRegularFile } from '../platform/read-regular-file.js';
import { checkConfigAndPrint, runAgent } from './agent.js';
import { ownVersion } from './process.js';

const argv = process.argv.slice(2);
process.exitCode = isForCli(argv) ? await commandLine() : await agentLine();

function commandLine(): Promise<number> {
  return runCli(argv, process.env, {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    http: askHttp,
    readFile: readRegularFile,
  });
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
      return checkConfigAndPrint(flags);
    case 'run':
      return runAgent(flags, ownVersion());
  }
}
