import { Option } from 'commander';
import { AskError, type Ask } from '../ask.js';
import { ExitCode, type CliCommand, type CommandContext } from '../command.js';
import { instancesOf, isGone, isState, type Instance, type State } from '../instance.js';
import { isObject } from '../is-object.js';
import { isMemberList, type ListedMember, type MemberList } from '../member-list.js';
import { formatAddress } from '../../lib/ip-address.js';
import type { Terminal } from '../terminal.js';
import { wrapped } from '../wrap.js';

/** What became of one instance. */
interface Outcome {
  readonly host: string;
  readonly id: string;
  /** Of the answer; null: there was none. */
  readonly status: number | null;
  readonly message: string;
}

/** `sidecar drain ID|NAME@HOST`: no new requests for one instance, or for all of a service on a host. */
export const drain: CliCommand = {
  name: 'drain',
  summary: 'give an instance nothing new, let it end what it has',
  group: 'Act',
  examples: [
    ['drain web@node2', 'all instances of web on node2'],
    ['drain 71c2a41b9d02 --for 15m', 'one instance, for a quarter of an hour'],
    ['drain 71c2a41b9d02 --end', 'let it have requests again'],
  ],
  configure: (line) =>
    void line
      .argument('<ID|NAME@HOST>', 'one instance, or all of a service on one host')
      .addOption(new Option('--for <DURATION>', 'end the drain by itself, after 15m for one').conflicts('end'))
      .addOption(new Option('--end', 'end the drain')),
  run: async (context, [subject = ''], options) => {
    const { json: cluster } = await context.ask('GET', '/api/members', isMemberList);
    const { json: state } = await context.ask('GET', '/state.json', isState);
    const outcomes: Outcome[] = [];
    for (const instance of drainable(state, subject, cluster.hostname))
      outcomes.push(await outcomeOf(instance, options, cluster, context));
    context.print(context.json ? `${JSON.stringify(outcomes)}\n` : page(subject, outcomes, context.terminal));
    if (outcomes.some(({ status }) => status === null)) return ExitCode.NotAsked;
    return outcomes.length > 0 && outcomes.every(({ status }) => status === 202) ? ExitCode.Fine : ExitCode.No;
  },
};

/** Of an ID those of the asked host, if it has one, else of whatever host. */
function drainable(state: State, subject: string, self: string): readonly Instance[] {
  const all = instancesOf(state).filter((instance) => !isGone(instance));
  const at = subject.lastIndexOf('@');
  if (at >= 0) {
    const [name, host] = [subject.slice(0, at), subject.slice(at + 1)];
    return all.filter(({ Name, Hostname }) => Name === name && Hostname === host);
  }
  const found = all.filter(({ ID }) => ID === subject);
  const own = found.filter(({ Hostname }) => Hostname === self);
  return own.length > 0 ? own : found;
}

/** Asks the agent of the instance's host: only that one can say that it drains. */
async function outcomeOf(
  { ID: id, Hostname: host }: Instance,
  options: Readonly<Record<string, unknown>>,
  cluster: MemberList,
  context: CommandContext,
): Promise<Outcome> {
  const agent = host === cluster.hostname ? context.agent : agentOf(host, cluster, context.agent);
  if (agent === undefined)
    return { host, id, status: null, message: 'is no member of the cluster: nobody there can be asked' };
  try {
    const { status, json } = await request(context.askAt(agent), id, options);
    return { host, id, status, message: messageOf(json) };
  } catch (error) {
    if (!(error instanceof AskError) || agent === context.agent) throw error;
    const message = memberOf(host, cluster)?.http
      ? error.message
      : `${error.message}. Its port is taken to be that of ${context.agent}`;
    return { host, id, status: null, message };
  }
}

function request(ask: Ask, id: string, options: Readonly<Record<string, unknown>>): ReturnType<typeof ask<Answer>> {
  const path = `/api/services/${encodeURIComponent(id)}/drain`;
  if (options['end'] === true) return ask('DELETE', path, isAnswer);
  const query = typeof options['for'] === 'string' ? `?for=${encodeURIComponent(options['for'])}` : '';
  return ask('POST', path + query, isAnswer);
}

/**
 * Where the agent of a host is. Who does not tell is taken to have its HTTP API where the asked one has it. No member's word takes
 * TLS away: the token travels with the question.
 */
function agentOf(host: string, cluster: MemberList, asked: string): string | undefined {
  const member = memberOf(host, cluster);
  if (!member) return undefined;
  const { address, http } = member;
  const [, scheme = '', port = ''] = /^(https?:\/\/)?.*:(\d+)$/.exec(asked) ?? [];
  return `${http?.isTls ? 'https://' : scheme}${formatAddress({ address, port: http?.port ?? Number(port) })}`;
}

const memberOf = (host: string, { members }: MemberList): ListedMember | undefined =>
  members.find(({ name }) => name === host);

function page(subject: string, outcomes: readonly Outcome[], terminal: Terminal): string {
  const sentences = outcomes.map(({ host, message }) => `${host}: ${message}`);
  const nobody = `no living instance is called ${subject}, expected an ID or NAME@HOST: sidecar ls NAME lists them`;
  const lines = (sentences.length > 0 ? sentences : [nobody]).flatMap((sentence) => wrapped(sentence, terminal));
  return `${lines.join('\n')}\n`;
}

/** What the agent says of a drain, and what of a refusal. */
type Answer = { readonly Message: string } | { readonly message: string };

const messageOf = (answer: Answer): string => ('Message' in answer ? answer.Message : answer.message);

const isAnswer = (json: unknown): json is Answer =>
  isObject(json) && (typeof json['Message'] === 'string' || typeof json['message'] === 'string');
