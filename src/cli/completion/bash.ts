import type { CommandModel, CompletionModel, FlagModel, Words } from './model.js';

/**
 * The script for bash. It reads the line itself, since bash takes `web@h1` and `--host=h1` apart, and compares words itself, since
 * `compgen -W` would obey what stands in them.
 */
export function bashScript(model: CompletionModel): string {
  const all = [...model.commands.map(({ name }) => name)];
  return `# Completion of sidecar for bash. In ~/.bashrc: eval "$(sidecar completion bash)"
_sidecar() {
  local line="\${COMP_LINE:0:COMP_POINT}" current='' command='' option='' agent='' fixed='' asked='' word
  local place=0 is_file='' breaks cut=''
  local -a words
  read -ra words <<< "$line"
  if [[ "$line" != *[[:space:]] ]]; then
    current="\${words[\${#words[@]}-1]}"
    unset "words[\${#words[@]}-1]"
  fi
  for word in "\${words[@]:1}"; do
    if [[ -n "$option" ]]; then
      [[ "$option" == --agent ]] && agent="$word"
      option=''
      continue
    fi
    case "$command $word" in
      *' --agent='*) agent="\${word#*=}" ;;
      ${valuePatterns(model).join(' | ')}) option="$word" ;;
      *' -'*) ;;
      ' '*) command="$word" ;;
      *) place=$((place + 1)) ;;
    esac
  done
  if [[ -z "$option" && "$current" == --*=* ]]; then
    option="\${current%%=*}"
  fi
  breaks="\${COMP_WORDBREAKS//[^:=@]/}"
  [[ -n "$breaks" ]] && cut="\${current%"\${current##*["$breaks"]}"}"
  if [[ -n "$option" ]]; then
    [[ "$current" == --*=* ]] && { cut="\${cut#*=}"; current="\${current#*=}"; }
    case "$command $option" in
${[...model.flags.map((flag) => valueCase('*', flag)), ...model.commands.flatMap((command) => command.flags.map((flag) => valueCase(command.name, flag)))].join('')}    esac
  elif [[ "$current" == -* ]]; then
    fixed='${flagsOf(model.flags)}'
    case "$command" in
${model.commands.map(flagsCase).join('')}    esac
  else
    case "$command $place" in
      ' 0') fixed='${all.join(' ')}' ;;
${model.commands.flatMap(({ name, places }) => places.map((words, i) => placeCase(`'${name} ${i}'`, words))).join('')}    esac
  fi
  COMPREPLY=()
  while IFS= read -r word; do
    [[ -n "$word" && "$word" == "$current"* ]] && COMPREPLY+=("\${word#"$cut"}")
  done < <(
    printf '%s\\n' $fixed
    [[ -n "$asked" ]] && "\${COMP_WORDS[0]}" \${agent:+--agent "$agent"} completion --words "$asked" 2> /dev/null
    [[ -n "$is_file" ]] && compgen -f -- "$current"
  )
  [[ -n "$is_file" ]] && compopt -o filenames 2> /dev/null
  return 0
}
complete -F _sidecar sidecar
`;
}

const flagsOf = (flags: readonly FlagModel[]): string => flags.map(({ flag }) => flag).join(' ');

/** `*' --agent'`, `'history --since'`: after these words comes a value. */
function valuePatterns(model: CompletionModel): readonly string[] {
  const takers = (flags: readonly FlagModel[]): readonly string[] =>
    flags.flatMap(({ flag, value }) => (value === undefined ? [] : [flag]));
  return [
    ...takers(model.flags).map((flag) => `*' ${flag}'`),
    ...model.commands.flatMap(({ name, flags }) => takers(flags).map((flag) => `'${name} ${flag}'`)),
  ];
}

const valueCase = (command: string, { flag, value }: FlagModel): string =>
  value === undefined ? '' : placeCase(command === '*' ? `*' ${flag}'` : `'${command} ${flag}'`, value);

function placeCase(pattern: string, { fixed, asked, isFile }: Words): string {
  const acts = [
    ...(fixed.length > 0 ? [`fixed='${fixed.join(' ')}'`] : []),
    ...(asked.length > 0 ? [`asked='${asked.join(',')}'`] : []),
    ...(isFile ? ["is_file='yes'"] : []),
  ];
  return acts.length === 0 ? '' : `      ${pattern}) ${acts.join(' ')} ;;\n`;
}

const flagsCase = ({ name, flags }: CommandModel): string =>
  flags.length === 0 ? '' : `      ${name}) fixed="$fixed ${flagsOf(flags)}" ;;\n`;
