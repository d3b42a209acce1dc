import { InvalidArgumentError, Option } from 'commander';
import { isAgent, urlOf } from '../ask.js';
import type { CliCommand } from '../command.js';

/** `sidecar dev`: an agent for the own machine, without a file, seeds or root. */
export const dev: CliCommand = {
  name: 'dev',
  group: 'Tools',
  summary: 'run an agent for this machine alone, without any file',
  examples: [
    ['dev', 'containers and static.json of this folder, on 127.0.0.1; no file, no root'],
    ['dev --follow host-1:7777', 'the same, and all services that this agent knows'],
  ],
  configure: (line) =>
    void line.addOption(
      new Option(
        '--follow <HOST:PORT>',
        'borrow the services of the cluster of this agent, https://HOST:PORT if it has TLS: a service that runs ' +
          'here stands in the place of theirs, and nothing of here is told there',
      ).argParser(agentOf),
    ),
  run: ({ startDev }, _args, { follow }) => startDev(typeof follow === 'string' ? urlOf(follow, '') : undefined),
};

/** @throws InvalidArgumentError, which commander turns into a sentence */
function agentOf(text: string): string {
  if (!isAgent(text)) throw new InvalidArgumentError('Expected HOST:PORT or https://HOST:PORT.');
  return text;
}
