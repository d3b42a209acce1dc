import { Option } from 'commander';
import { harmless } from '../../lib/printable.js';
import { AskError, type Ask } from '../ask.js';
import { ExitCode, type CliCommand, type CommandContext } from '../command.js';
import { isObject } from '../is-object.js';
import { isMemberList, type MemberList } from '../member-list.js';

const TOMBSTONE = 1;

/** An instance as `/state.json` shows it. */
interface Instance {
  readonly ID: string;
  readonly Name: string;
  readonly Hostname: string;
  readonly Status: number;
}

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
  summary: 'let an instance finish what it has begun, and give it nothing new',
  configure: (line) =>
    void line
      .argument('<ID|NAME@HOST>', 'one instance, or all of a service on one host')
      .addOption(new Option('--for <DURATION>', 'end the drain by itself, after 15m for one').conflicts('end'))
      .addOption(new Option('--end', 'end the drain')),
  run: async (context, [subject = ''], options) => {
    const { json: cluster } = await context.ask('GET', '/api/members', isMemberList);
    const { json: state } = await context.ask('GET', '/state.json', isState);
    const outcomes: Outcome[] = [];
    for (const instance of instancesOf(state, subject, cluster.hostname))
      outcomes.push(await outcomeOf(instance, options, cluster, context));
    context.print(context.json ? `${JSON.stringify(outcomes)}\n` : page(subject, outcomes));
    if (outcomes.some(({ status }) => status === null)) return ExitCode.NotAsked;
    return outcomes.length > 0 && outcomes.every(({ status }) => status === 202) ? ExitCode.Fine : ExitCode.No;
  },
};

/** Of an ID those of the asked host, if it has one, else of whatever host. */
function instancesOf(state: State, subject: string, self: string): readonly Instance[] {
  const all = Object.values(state.Servers)
    .flatMap(({ Services }) => Object.values(Services))
    .filter(({ Status }) => Status !== TOMBSTONE);
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
    const message = `${error.message}. Its port is taken to be that of ${context.agent}`;
    return { host, id, status: null, message };
  }
}

function request(ask: Ask, id: string, options: Readonly<Record<string, unknown>>): ReturnType<typeof ask<Answer>> {
  const path = `/api/services/${encodeURIComponent(id)}/drain`;
  if (options['end'] === true) return ask('DELETE', path, isAnswer);
  const query = typeof options['for'] === 'string' ? `?for=${encodeURIComponent(options['for'])}` : '';
  return ask('POST', path + query, isAnswer);
}

/** Members tell where their gossip is; whether their HTTP API has TLS, and its port, are taken to be the same everywhere. */
function agentOf(host: string, { members }: MemberList, asked: string): string | undefined {
  const address = members.find(({ name }) => name === host)?.address;
  const [, scheme = '', port = ''] = /^(https?:\/\/)?.*:(\d+)$/.exec(asked) ?? [];
  return address && `${scheme}${address.includes(':') ? `[${address}]` : address}:${port}`;
}

function page(subject: string, outcomes: readonly Outcome[]): string {
  const lines = outcomes.map(({ host, message }) => `${host}: ${message}\n`);
  return harmless(lines.join('') || `no living instance is called ${subject}, expected an ID or NAME@HOST\n`);
}

/** What the agent says of a drain, and what of a refusal. */
type Answer = { readonly Message: string } | { readonly message: string };

const messageOf = (answer: Answer): string => ('Message' in answer ? answer.Message : answer.message);

const isAnswer = (json: unknown): json is Answer =>
  isObject(json) && (typeof json['Message'] === 'string' || typeof json['message'] === 'string');

interface State {
  readonly Servers: Readonly<Record<string, { readonly Services: Readonly<Record<string, Instance>> }>>;
}

const isState = (json: unknown): json is State =>
  isObject(json) && isObject(json['Servers']) && Object.values(json['Servers']).every(isServer);

const isServer = (json: unknown): boolean =>
  isObject(json) && isObject(json['Services']) && Object.values(json['Services']).every(isInstance);

const isInstance = (json: unknown): boolean =>
  isObject(json) &&
  ['ID', 'Name', 'Hostname'].every((key) => typeof json[key] === 'string') &&
  typeof json['Status'] === 'number';
