import { ExitCode, type CliCommand } from '../command.js';
import { diffLines } from '../diff-lines.js';
import { isPlanAnswer, type PlanAnswer, type PlanFinding } from '../proxy-plan.js';
import { isMessage, type Message } from '../tell.js';
import type { Terminal } from '../terminal.js';
import { wrapped } from '../wrap.js';

/** As much as the agent takes. */
const MAX_TEMPLATE_BYTES = 1024 * 1024;
/** A little more than the agent gives HAProxy for a verification. */
const TIMEOUT_MS = 35_000;
/** More changes than these are counted only; `--json` has them all. */
const MAX_CHANGES = 40;

/** `sidecar plan`: what would change in HAProxy, with the template in use or another one? Nothing is applied. */
export const plan: CliCommand = {
  name: 'plan',
  summary: 'what would change in HAProxy, with which template?',
  group: 'Understand',
  examples: [
    ['plan', 'what waits for its reload, or was refused'],
    ['plan --diff', 'and which lines of haproxy.cfg differ'],
    ['plan --template new.hbs', 'what would another template do?'],
  ],
  configure: (line) =>
    void line
      .option('--template <FILE>', 'plan for the template in this file, which is applied nowhere')
      .option('--diff', 'print the lines that differ, too'),
  run: async ({ ask, json, print, readText, terminal }, _args, options) => {
    const file = options['template'];
    const { json: answer } =
      typeof file === 'string'
        ? await ask('POST', '/api/proxy/plan', isAnswer, {
            text: readText(file, MAX_TEMPLATE_BYTES),
            timeoutMs: TIMEOUT_MS,
          })
        : await ask('GET', '/api/proxy/plan', isAnswer, { timeoutMs: TIMEOUT_MS });
    if (json) print(`${JSON.stringify(answer)}\n`);
    else if ('kind' in answer) print(`${page(answer, options['diff'] === true, terminal).join('\n')}\n`);
    else print(`${wrapped(answer.message, terminal).join('\n')}\n`);
    return 'kind' in answer && answer.kind !== 'refused' ? ExitCode.Fine : ExitCode.No;
  },
};

const isAnswer = (json: unknown): json is PlanAnswer | Message => isPlanAnswer(json) || isMessage(json);

function page(answer: PlanAnswer, withDiff: boolean, terminal: Terminal): readonly string[] {
  const { changes, findings, diff } = answer;
  const hidden = changes.length - MAX_CHANGES;
  return [
    ...verdict(answer, terminal),
    ...changes
      .slice(0, MAX_CHANGES)
      .flatMap(({ kind, backend, server, detail }) =>
        wrapped(`${backend}/${server} ${detail}`, terminal, `  ${kind.padEnd(8)}`),
      ),
    ...(hidden > 0 ? [`  and ${hidden} more, which --json lists`] : []),
    ...findings.flatMap((finding) =>
      wrapped(`${subjectOf(finding)} ${finding.code} ${finding.message}`, terminal, '! '),
    ),
    ...(withDiff && diff !== '' ? ['', ...diffLines(diff, terminal)] : []),
  ];
}

function subjectOf({ service, servicePort, instance }: PlanFinding): string {
  const port = typeof servicePort === 'number' ? `:${servicePort}` : '';
  return `${service}${port}${typeof instance === 'string' ? ` ${instance}` : ''}`;
}

const UNNAMED = [{ text: 'for no reason that it names' }];

/** The first line says what would happen. */
function verdict({ kind, changes, reasons, verified }: PlanAnswer, terminal: Terminal): readonly string[] {
  switch (kind) {
    case 'nothing':
      return ['nothing to do'];
    case 'runtime':
      return [`${changes.length === 1 ? '1 change' : `${changes.length} changes`} through the Runtime API, no reload`];
    case 'reload':
      return (reasons.length > 0 ? reasons : UNNAMED).flatMap(({ text }, i) =>
        wrapped(text, terminal, i === 0 ? 'a reload: ' : '      and ', '          '),
      );
    case 'refused':
      return verified.ok ? ['refused'] : wrapped(`${verified.code} ${verified.message}`, terminal, 'refused: ', '  ');
  }
}
