import { formatAddress } from '../../lib/ip-address.js';
import type { Section } from '../plan/config.js';
import type { ServerAspect } from '../plan/plan.js';
import { ADMIN, CHECK, type ActualServer } from './server-state.js';

/** A server as it should be, in the words of the stats socket. */
export interface Target {
  readonly backend: string;
  readonly name: string;
  /** As the configuration says it: an IP address, a host name, a Unix socket. */
  readonly host: string;
  /** Undefined when HAProxy alone knows: a Unix socket, a name that it resolves itself or that nobody can resolve. */
  readonly address: { readonly address: string; readonly port: number } | undefined;
  /** 0–256; 0 = draining. */
  readonly weight: number;
  readonly disabled: boolean;
  /** HAProxy checks it. */
  readonly checked: boolean;
  /** The server's agent tells HAProxy weight and state: what they are is between these two. */
  readonly hasAgent: boolean;
}

/** `health`, `agent`: HAProxy's checks, which somebody stopped, or which do not start by themselves. */
export type Aspect = ServerAspect | 'health' | 'agent';

const ALL_ASPECTS: readonly Aspect[] = ['address', 'weight', 'drain', 'admin', 'health', 'agent'];

/** Something to be done about one server. */
export type Move =
  | { readonly kind: 'add'; readonly target: Target; readonly args: readonly string[] }
  /** It exists. `what` has at least one aspect. */
  | { readonly kind: 'set'; readonly target: Target; readonly what: readonly Aspect[] }
  /** `args` are those of its line; undefined when nobody knows. */
  | {
      readonly kind: 'remove';
      readonly backend: string;
      readonly name: string;
      readonly args: readonly string[] | undefined;
    };

/** A move with the section it is in. */
export interface Placed {
  readonly move: Move;
  readonly section: Section;
}

/** What was done, for counters. `remove`: a removal begun; `drain`: weight 0; `delete`: a removal ended. */
export type Operation =
  'add' | 'remove' | 'drain' | 'weight' | 'address' | 'ready' | 'maint' | 'health' | 'delete' | 'shutdown';

/** One command. */
export interface Step {
  readonly operation: Operation;
  readonly line: string;
}

/** Makes a server that is still there what it should be, whatever it is now. */
export const revive = (target: Target): Move => ({ kind: 'set', target, what: ALL_ASPECTS });

/** The commands of a move. An added server takes requests only once its check runs, if it has one. */
export function stepsOf(move: Move): readonly Step[] {
  if (move.kind === 'remove') {
    return [{ operation: 'remove', line: `set server ${move.backend}/${move.name} state drain` }];
  }
  const { target } = move;
  const id = `${target.backend}/${target.name}`;
  const steps: Step[] = [];
  if (move.kind === 'add') {
    const address = target.address ? formatAddress(target.address) : '';
    steps.push({ operation: 'add', line: ['add server', id, address, ...move.args.map(quoted)].join(' ') });
  }
  const isNew = move.kind === 'add';
  const what = new Set<Aspect>(isNew ? ['drain', 'admin', 'health', 'agent'] : move.what);
  if (what.has('address') && target.address) {
    const { address, port } = target.address;
    steps.push({ operation: 'address', line: `set server ${id} addr ${address} port ${port}` });
  }
  if (!isNew && (what.has('weight') || what.has('drain'))) {
    steps.push({ operation: 'weight', line: `set server ${id} weight ${target.weight}` });
  }
  if (what.has('health') && target.checked) steps.push({ operation: 'health', line: `enable health ${id}` });
  if (what.has('agent') && target.hasAgent) steps.push({ operation: 'health', line: `enable agent ${id}` });
  if (what.has('drain') || what.has('admin')) {
    const state = target.disabled ? 'maint' : target.weight === 0 ? 'drain' : 'ready';
    steps.push({ operation: state, line: `set server ${id} state ${state}` });
  }
  return steps;
}

/** A word as HAProxy's command line takes it for one: a backslash keeps spaces and itself. */
const quoted = (word: string): string => word.replace(/[\\ ]/g, '\\$&');

/** Whether HAProxy's answer to a command says that it was carried out. */
export function isDone(step: Step, answer: string): boolean {
  const words = SUCCESS[step.operation];
  return words ? words.test(answer) : answer === '';
}

/** The commands that say something when all is well. */
const SUCCESS: Readonly<Partial<Record<Operation, RegExp>>> = {
  add: /^New server registered/,
  address: /^(?:IP changed|no need to change)/,
  delete: /^Server deleted/,
};

/** In what a running server is not what it should be. Weight 0 is drained, whether or not HAProxy was told to drain. */
export function differing(target: Target, actual: ActualServer): readonly Aspect[] {
  const what: Aspect[] = [];
  const { address } = target;
  if (address && (actual.address !== address.address || actual.port !== address.port)) what.push('address');
  if (target.checked && (actual.check & CHECK.enabled) === 0) what.push('health');
  if (target.hasAgent && (actual.agent & CHECK.enabled) === 0) what.push('agent');
  if (target.hasAgent) return what;
  if (actual.weight !== target.weight) what.push(target.weight === 0 ? 'drain' : 'weight');
  if (target.disabled !== ((actual.admin & ADMIN.maintenance) !== 0)) what.push('admin');
  if (!target.disabled && target.weight > 0 && (actual.admin & ADMIN.drain) !== 0) what.push('drain');
  return what;
}

/** A server as HAProxy runs it, for people. */
export function wordsOf(actual: ActualServer): string {
  const { address, port, weight, admin, check } = actual;
  const where = address === undefined ? 'no address' : formatAddress({ address, port });
  const states = [
    (admin & ADMIN.maintenance) !== 0 ? ', maintenance' : '',
    (admin & ADMIN.drain) !== 0 ? ', drain' : '',
    (check & CHECK.configured) !== 0 && (check & CHECK.enabled) === 0 ? ', check stopped' : '',
  ];
  return `${where}, weight ${weight}${states.join('')}`;
}
