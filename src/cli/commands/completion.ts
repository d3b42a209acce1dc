import { Argument, Option } from 'commander';
import { ExitCode, type CliCommand } from '../command.js';
import { askedWords, wordKindsIn } from '../completion/asked-words.js';
import { bashScript } from '../completion/bash.js';
import { fishScript } from '../completion/fish.js';
import { modelOf } from '../completion/model.js';
import { zshScript } from '../completion/zsh.js';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;
type Shell = keyof typeof SCRIPTS;
const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish'];

/** `sidecar completion SHELL`: the script that lets a shell complete commands, flags, and the names that the agent knows. */
export const completion: CliCommand = {
  name: 'completion',
  summary: 'lets bash, zsh or fish complete all of this',
  group: 'Tools',
  examples: [
    ['completion bash >> ~/.bashrc', 'for every bash from now on'],
    ['completion zsh > ~/.zfunc/_sidecar', 'for zsh, where that folder is in fpath'],
    ['completion fish > ~/.config/fish/completions/sidecar.fish', 'for fish'],
  ],
  configure: (line) =>
    void line
      .addArgument(new Argument('<SHELL>', 'which shell').choices(SHELLS).argOptional())
      // What the scripts ask, whenever a name is to be completed.
      .addOption(new Option('--words <KINDS>').hideHelp()),
  run: async (context, [shell], options) => {
    const kinds = options['words'];
    if (typeof kinds === 'string') {
      for (const word of await askedWords(context, wordKindsIn(kinds))) context.print(`${word}\n`);
      return ExitCode.Fine;
    }
    const known = SHELLS.find((each) => each === shell);
    if (known === undefined) return context.program.error(`error: say for which shell: ${SHELLS.join(', ')}`);
    context.print(SCRIPTS[known](modelOf(context.program)));
    return ExitCode.Fine;
  },
};
