import type { CompletionModel, FlagModel, Words } from './model.js';

/** The script for fish. */
export function fishScript(model: CompletionModel): string {
  const names = model.commands.map(({ name }) => name).join(' ');
  return `# Completion of sidecar for fish: sidecar completion fish > ~/.config/fish/completions/sidecar.fish
function __sidecar_asked
    set -l words (commandline -opc)
    set -l agent
    for i in (seq (count $words))
        string match -q -- '--agent=*' $words[$i]; and set agent --agent (string replace -- '--agent=' '' $words[$i])
        test "$words[$i]" = --agent; and set agent --agent $words[(math $i + 1)]
    end
    command sidecar $agent completion --words $argv[1] 2> /dev/null
end
complete -c sidecar -f
${model.flags.map((flag) => flagLine('', flag)).join('')}${model.commands
    .map(({ name, summary, flags, places }) => {
      const isHere = `-n '__fish_seen_subcommand_from ${name}' `;
      return [
        `complete -c sidecar -n 'not __fish_seen_subcommand_from ${names}' -a ${name} -d ${quoted(summary)}\n`,
        ...flags.map((flag) => flagLine(isHere, flag)),
        ...places.map((words) => (valueOf(words) === '' ? '' : `complete -c sidecar ${isHere}${valueOf(words)}\n`)),
      ].join('');
    })
    .join('')}`;
}

function flagLine(where: string, { flag, summary, value }: FlagModel): string {
  const taken = value === undefined ? '' : `${value.isFile ? '-r -F' : `-x ${valueOf(value)}`} `;
  return `complete -c sidecar ${where}-l ${flag.slice(2)} ${taken}-d ${quoted(summary)}\n`;
}

function valueOf({ fixed, asked, isFile }: Words): string {
  if (isFile) return '-F';
  if (asked.length > 0) return `-a '(__sidecar_asked ${asked.join(',')})'`;
  return fixed.length > 0 ? `-a '${fixed.join(' ')}'` : '';
}

const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
