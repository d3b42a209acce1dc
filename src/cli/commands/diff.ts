import { Option } from 'commander';
import { createTwoFilesPatch } from 'diff';
import { ExitCode, type CliCommand, type CommandContext } from '../command.js';
import { diffLines } from '../diff-lines.js';
import { momentFor } from '../filters.js';
import { changesBetween, type InstanceChange } from '../instance-changes.js';
import { isState, type State } from '../instance.js';
import { isObject } from '../is-object.js';
import { timeFor } from '../local-time.js';
import { nowMs } from '../now.js';
import { counted } from '../services-table.js';
import { table } from '../table.js';
import { isMessage, refused, type Message } from '../tell.js';
import { NO_TERMINAL, type Terminal } from '../terminal.js';
import type { Moment } from '../time-words.js';
import { wrapped } from '../wrap.js';

/** Two configurations that have less in common are not worth more. */
const DIFF_TIMEOUT_MS = 5000;

/** The document of `/api/at`. */
interface AtAnswer {
  /** The id of the last event that counts; null: none did yet. */
  readonly event: number | null;
  readonly catalog: State;
  /** null: HAProxy is left alone, or had none yet. */
  readonly config: { readonly digest: string; readonly text: string } | null;
}

interface Difference {
  readonly services: readonly InstanceChange[];
  /** As `diff -u` prints it; empty: the same. */
  readonly config: string;
}

/** `sidecar diff FROM TO`: which instances, and which lines of `haproxy.cfg`, changed between two times? */
export const diff: CliCommand = {
  name: 'diff',
  summary: 'what changed between two times?',
  group: 'Understand',
  examples: [
    ['diff 14:02 14:10', 'by the clock on the wall'],
    ['diff 1h', 'from an hour ago until now'],
    ['diff 2026-11-23T14:02:00Z now --config', 'only the lines of haproxy.cfg'],
    ['diff 1d --services', 'only instances'],
  ],
  configure: (line) =>
    void line
      .argument('<FROM>', '14:02, 1h for an hour ago, or 2026-11-23T14:02:00Z')
      .argument('[TO]', 'the same, or now', 'now')
      .addOption(new Option('--config', 'only haproxy.cfg').conflicts('services'))
      .addOption(new Option('--services', 'only services and their instances')),
  run: async (context, [from = '', to = 'now'], options) => {
    const now = nowMs(context);
    const moments = [momentFor('FROM', from, now), momentFor('TO', to, now)] as const;
    const [before, after] = [await askAt(context, moments[0]), await askAt(context, moments[1])];
    if ('message' in before) return refused(context, before);
    if ('message' in after) return refused(context, after);
    const terminal = context.json ? NO_TERMINAL : context.terminal;
    const labels = moments.map(({ text }) => timeFor(text, terminal, now));
    const difference = {
      services: options['config'] === true ? [] : changesBetween(before.catalog, after.catalog),
      config: options['services'] === true ? '' : configDiff(before, after, labels),
    };
    if (context.json)
      context.print(`${JSON.stringify({ from: moments[0].text, to: moments[1].text, ...difference })}\n`);
    else context.print(`${page(difference, labels.join(' to '), terminal).join('\n')}\n`);
    return ExitCode.Fine;
  },
};

/** @throws AskError */
async function askAt({ ask }: CommandContext, { text }: Moment): Promise<AtAnswer | Message> {
  const { json } = await ask('GET', `/api/at?time=${encodeURIComponent(text)}`, isAnswer);
  return json;
}

function configDiff(before: AtAnswer, after: AtAnswer, [from = '', to = '']: readonly string[]): string {
  if (before.config?.digest === after.config?.digest) return '';
  const [old, young] = [before.config?.text ?? '', after.config?.text ?? ''];
  const options = { headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true } };
  return (
    createTwoFilesPatch('haproxy.cfg', 'haproxy.cfg', old, young, from, to, { timeout: DIFF_TIMEOUT_MS, ...options }) ??
    'nearly every line differs\n'
  );
}

const MARK = { added: '+', removed: '-', changed: '~' } as const;

function page({ services, config }: Difference, when: string, terminal: Terminal): readonly string[] {
  if (services.length === 0 && config === '')
    return wrapped(
      `nothing differs from ${when}; sidecar history shows what happened meanwhile, if anything`,
      terminal,
    );
  const rows = table<InstanceChange>(
    [
      {
        title: ' ',
        cell: ({ kind }) => MARK[kind],
        paint: ({ green, red, yellow }, { kind }) => (kind === 'added' ? green : kind === 'removed' ? red : yellow),
      },
      { title: 'SERVICE', min: 8, cell: ({ service }) => service },
      { title: 'HOST', min: 8, cell: ({ host }) => host },
      { title: 'ID', min: 8, cell: ({ instance }) => instance },
      { title: 'CHANGE', min: 16, cell: ({ text }) => text },
    ],
    services,
    terminal,
  );
  const names = new Set(services.map(({ service }) => service)).size;
  const title = `${when}: ${counted(services.length, 'instance')} of ${counted(names, 'service')} changed`;
  return [
    ...(services.length === 0 ? [] : [...wrapped(title, terminal), '', ...rows]),
    ...(services.length > 0 && config !== '' ? [''] : []),
    ...(config === '' ? [] : diffLines(config, terminal)),
  ];
}

const isAnswer = (json: unknown): json is AtAnswer | Message => isAt(json) || isMessage(json);

const isAt = (json: unknown): json is AtAnswer =>
  isObject(json) &&
  (json['event'] === null || typeof json['event'] === 'number') &&
  isState(json['catalog']) &&
  (json['config'] === null || isConfig(json['config']));

const isConfig = (json: unknown): boolean =>
  isObject(json) && typeof json['digest'] === 'string' && typeof json['text'] === 'string';
