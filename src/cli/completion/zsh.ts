import type { CommandModel, CompletionModel, FlagModel, Words } from './model.js';

/** The script for zsh. */
export function zshScript(model: CompletionModel): string {
  return `#compdef sidecar
# Completion of sidecar for zsh. In ~/.zshrc, after compinit: eval "$(sidecar completion zsh)"
_sidecar_asked() {
  local -a found
  local agent="\${\${opt_args[--agent]:-$sidecar_agent}//\\\\:/:}" # zsh puts a backslash before each colon
  found=(\${(f)"$(command sidecar \${agent:+--agent} \${agent:+$agent} completion --words $1 2> /dev/null)"})
  compadd -a found
}
_sidecar_command() {
  local -a commands=(
${model.commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}\n`).join('')}  )
  _describe command commands
}
_sidecar() {
  local curcontext="$curcontext" state sidecar_agent
  local -a line
  local -A opt_args
  local -a shared=(
${model.flags.map((flag) => `    ${specOf(flag)}\n`).join('')}  )
  _arguments -C $shared '(-)1:command:_sidecar_command' '(-)*::argument:->argument' && return
  sidecar_agent="\${opt_args[--agent]}"
  [[ "$state" == argument ]] || return
  case "$line[1]" in
${model.commands.map(caseOf).join('')}  esac
}
if [[ "$funcstack[1]" == _sidecar ]]; then
  _sidecar "$@" # a file in fpath is called for the first word
else
  compdef _sidecar sidecar
fi
`;
}

function caseOf({ name, flags, places }: CommandModel): string {
  const specs = [
    ...flags.map(specOf),
    ...places.map((words, i) => quoted(`${i + 1}:${bare(words.title)}:${actionOf(words)}`)),
  ];
  return `    ${name}) _arguments $shared ${specs.join(' ')} ;;\n`;
}

function specOf({ flag, summary, value }: FlagModel): string {
  const start = `${flag}${value === undefined ? '' : '='}[${summary.replaceAll(/[[\]:\\]/g, '\\$&')}]`;
  return quoted(value === undefined ? start : `${start}:${bare(value.title)}:${actionOf(value)}`);
}

function actionOf({ fixed, asked, isFile }: Words): string {
  if (asked.length > 0) return ` _sidecar_asked ${asked.join(',')}`; // without the space zsh would put words of its own between
  if (isFile) return '_files';
  return fixed.length > 0 ? `(${fixed.join(' ')})` : ' ';
}

/** A title must not hold what separates the parts. */
const bare = (title: string): string => title.replaceAll(':', '\\:');

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
