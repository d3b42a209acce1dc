import { readHistory, readMembers, readState, refusalOf, type History, type Member, type State } from './answers.js';
import { readConvergence, type Convergence } from './convergence.js';
import { readClusters, type ClusterStanding } from './clusters.js';
import { createDrain, type Drain } from './drain.js';
import { readExplanation, type Explanation } from './explanation.js';
import { readFigures, type Figures } from './figures.js';
import { readProblems, type Problem } from './health.js';
import { instantText } from './fields.js';
import { readPast, type Past } from './past.js';
import type { Get, Reply, Send } from './ports.js';
import { readProxy, type Proxy } from './proxy.js';
import { readServedConfig, type ServedConfig } from './served-config.js';
import { readViews, type Views } from './views.js';

/** Why there is no answer, with a sentence for people. `absent`: this agent has no such thing. */
export interface NoAnswer {
  readonly ok: false;
  readonly why: 'unreachable' | 'absent' | 'refused' | 'unreadable';
  readonly text: string;
}

export type Answer<T> = { readonly ok: true; readonly value: T; readonly agentTime: number | undefined } | NoAnswer;

export interface HistoryQuery {
  readonly service?: string;
  readonly host?: string;
  readonly kinds?: readonly string[];
  /** RFC 3339. */
  readonly since?: string;
  readonly until?: string;
  readonly limit?: number;
}

/** What an agent answers, parsed. Nothing here rejects. */
export interface Api {
  /** The same object as before while nothing in it is another. */
  state(): Promise<Answer<State>>;
  members(): Promise<Answer<readonly Member[]>>;
  proxy(): Promise<Answer<Proxy>>;
  /** What HAProxy counts; at most once a second it is asked anew. */
  figures(): Promise<Answer<Figures>>;
  servedConfig(): Promise<Answer<ServedConfig>>;
  history(query: HistoryQuery): Promise<Answer<History>>;
  /** @param time milliseconds since 1970, by the agent's clock; all that happened by then counts */
  at(time: number): Promise<Answer<Past>>;
  /** The clusters that the agent that serves this page can ask, its own among them. */
  clusters(): Promise<Answer<readonly ClusterStanding[]>>;
  /** @param which an id, or a host */
  explain(service: string, which: string): Promise<Answer<Explanation>>;
  convergence(): Promise<Answer<Convergence>>;
  /** Takes some seconds where hosts do not answer: the agent asks them. */
  views(): Promise<Answer<Views>>;
  problems(): Promise<Answer<readonly Problem[]>>;
  /** Undefined: this agent is asked through another one, which passes on no changes. */
  readonly drain: Drain | undefined;
}

/**
 * @param base what stands before each path: empty for the agent that serves this page
 * @param send undefined: nothing can be changed there
 */
export function createApi(get: Get, base = '', send?: Send): Api {
  const ask: Ask = async (path, read) => {
    const reply = await get(base + path).catch((error: unknown) => sentenceOf(error));
    return typeof reply === 'string' ? { ok: false, why: 'unreachable', text: reply } : answerOf(reply, read);
  };
  return {
    state: createStateQuestion(get, base),
    members: () => ask('/api/members', readMembers),
    proxy: createProxyQuestion(ask),
    figures: () => ask('/api/proxy/stats', readFigures),
    servedConfig: () => ask('/api/proxy/config', readServedConfig),
    at: (time) => ask(`/api/at?time=${instantText(time)}`, readPast),
    clusters: () => ask('/api/clusters', readClusters),
    history: (query) => ask(`/api/history?${historyParameters(query).toString()}`, readHistory),
    explain: (service, which) =>
      ask(`/api/explain?${new URLSearchParams({ service, which }).toString()}`, readExplanation),
    convergence: () => ask('/api/convergence', readConvergence),
    views: () => ask('/api/views', readViews),
    problems: () => ask('/health', readProblems),
    drain: send && createDrain(send),
  };
}

/** A state may be long, and mostly is the one of before; an original of version 1 has it at the second path alone. */
function createStateQuestion(get: Get, base: string): Api['state'] {
  let kept: { readonly tag: string; readonly value: State } | undefined;
  const ask = async (path: string): Promise<Answer<State>> => {
    const known = kept;
    const reply = await get(base + path, known?.tag ?? '').catch((error: unknown) => sentenceOf(error));
    if (typeof reply === 'string') return { ok: false, why: 'unreachable', text: reply };
    if (reply.status === 304 && known) return { ok: true, value: known.value, agentTime: reply.agentTime };
    const answer = answerOf(reply, readState);
    if (answer.ok) kept = reply.tag === undefined ? undefined : { tag: reply.tag, value: answer.value };
    return answer;
  };
  return async () => {
    const answer = await ask('/api/state.json');
    return answer.ok || answer.why !== 'absent' ? answer : ask('/state.json');
  };
}

type Ask = <T>(path: string, read: (body: unknown) => T | undefined) => Promise<Answer<T>>;

/** Who leaves HAProxy alone has no answer, which browsers note as an error: unless it had one, it is asked first whether it has. */
function createProxyQuestion(ask: Ask): Api['proxy'] {
  let hasAnswered = false;
  return async () => {
    const standing = hasAnswered ? undefined : await ask('/api/convergence', readConvergence);
    if (standing?.ok && standing.value.hasNoProxy)
      return { ok: false, why: 'absent', text: 'this agent leaves HAProxy alone' };
    const answer = await ask('/api/proxy', readProxy);
    hasAnswered = answer.ok;
    return answer;
  };
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function answerOf<T>({ status, body, agentTime }: Reply, read: (body: unknown) => T | undefined): Answer<T> {
  if (status === 404) return { ok: false, why: 'absent', text: refusalOf(body) ?? 'this agent has no such thing' };
  if (status >= 300) return { ok: false, why: 'refused', text: refusalOf(body) ?? `the agent answered ${status}` };
  const value = body === undefined ? undefined : read(body);
  return value === undefined
    ? { ok: false, why: 'unreadable', text: 'the agent answered something that this page does not understand' }
    : { ok: true, value, agentTime };
}

function historyParameters({ kinds, limit, ...rest }: HistoryQuery): URLSearchParams {
  const parameters = new URLSearchParams(rest);
  if (kinds) parameters.set('kind', kinds.join(','));
  if (limit !== undefined) parameters.set('limit', String(limit));
  return parameters;
}
