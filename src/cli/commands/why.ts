import { ExitCode, type CliCommand } from '../command.js';
import { isExplanation, type ExplainedInstance, type Explanation, type Verdict } from '../explanation.js';
import { isMessage, type Message } from '../tell.js';
import { colorsOf, type Terminal } from '../terminal.js';
import { wrapped } from '../wrap.js';

/** `sidecar why NAME [ID|HOST]`: why is a service in the proxy, or not? */
export const why: CliCommand = {
  name: 'why',
  summary: 'why is a service in the proxy, or not, and what to do?',
  group: 'Understand',
  examples: [
    ['why web', 'is web routed here? if not: what stops it, and what to do'],
    ['why web node2', 'the whole way of the instances on node2'],
    ['why web --json', 'the same for programs, with a stable code'],
  ],
  configure: (line) =>
    void line.argument('<NAME>', 'a service').argument('[ID|HOST]', 'only this instance, or those of this host'),
  run: async ({ ask, json, print, terminal }, [name = '', which]) => {
    const query = new URLSearchParams({ service: name, ...(which === undefined ? {} : { which }) });
    const { json: answer } = await ask('GET', `/api/explain?${query.toString()}`, isAnswer);
    if (json) print(`${JSON.stringify(answer)}\n`);
    else print(`${('verdict' in answer ? page(answer, terminal) : wrapped(answer.message, terminal)).join('\n')}\n`);
    if (!('verdict' in answer)) return ExitCode.NotAsked;
    return answer.verdict.code === 'ROUTED' ? ExitCode.Fine : ExitCode.No;
  },
};

const isAnswer = (json: unknown): json is Explanation | Message => isExplanation(json) || isMessage(json);

function page(explanation: Explanation, terminal: Terminal): readonly string[] {
  const { service, verdict, instances, omitted } = explanation;
  const { bold } = colorsOf(terminal);
  const isOnly = instances.length === 1;
  const advised = new Set(['ROUTED']);
  const adviceOf = ({ code, advice }: Verdict): readonly string[] => {
    if (advised.has(code)) return [];
    advised.add(code);
    return wrapped(advice, terminal, '  What to do: ', '  ');
  };
  return [
    ...wrapped(`${service}: ${verdict.code}`, terminal).map((line) => bold(line)),
    ...wrapped(verdict.sentence, terminal, '  '),
    ...adviceOf(verdict),
    ...instances.flatMap((instance) => [
      '',
      ...instanceLines(instance, isOnly, terminal),
      ...adviceOf(instance.verdict),
    ]),
    ...(omitted > 0 ? ['', `and ${omitted} more that are not shown: ended ones, or too many`] : []),
  ];
}

const STEP_WIDTH = 11;
const MARKS: Readonly<Record<string, string>> = { done: '+', waiting: '~', stopped: 'x', unknown: '?' };

/** Of several instances one that is routed needs no explanation. */
function instanceLines(instance: ExplainedInstance, isOnly: boolean, terminal: Terminal): readonly string[] {
  const { host, id, verdict, steps } = instance;
  const { green, red, yellow } = colorsOf(terminal);
  const colors: Readonly<Record<string, (text: string) => string>> = { done: green, stopped: red, waiting: yellow };
  const title = wrapped(`${host} ${id}: ${verdict.code}`, terminal);
  if (!isOnly && verdict.code === 'ROUTED') return title;
  return [
    ...title,
    ...steps.flatMap(({ step, state, text }) => {
      const mark = MARKS[state] ?? ' ';
      const [first = '', ...rest] = wrapped(text, terminal, `  ${mark} ${step.padEnd(STEP_WIDTH)}`);
      return [first.replace(mark, colors[state] ?? ((plain) => plain)), ...rest];
    }),
  ];
}
