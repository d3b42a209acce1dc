import { nearest } from '../lib/nearest.js';
import { compareBytes } from '../service/go-json.js';
import { Status } from '../service/service.js';
import { arrivalWalk } from './arrival-walk.js';
import {
  instanceOf,
  serviceVerdict,
  verdictOf,
  type Asked,
  type Explanation,
  type InstanceExplanation,
  type Verdict,
} from './explanation.js';
import type {
  ExplainFacts,
  FoundFacts,
  HostFacts,
  ProxyFacts,
  RecordFacts,
  RefusedFacts,
  ServerStates,
  StrangerFacts,
} from './facts.js';
import type { HalfAnswer } from './origin-agents.js';
import { originWalk, portsStep, unfoundWalk } from './origin-walk.js';
import { proxyWalk } from './proxy-walk.js';
import { unknown, type Step } from './step.js';
import { foreignWords } from './words.js';

/** Hosts that one question asks; of the others it is said that they were not asked. */
const MAX_ASKED = 16;
/** Hosts without an answer that a sentence names. */
const MAX_SILENT_NAMED = 3;
/** Instances that one answer shows. */
const MAX_SHOWN = 100;

/** What is known of one instance, from whatever side. */
interface Known {
  readonly host: string;
  readonly id: string;
  found?: FoundFacts;
  record?: RecordFacts;
  refused?: RefusedFacts;
  /** Of its own host, when that is another one. */
  theirs?: readonly Step[];
}

/** What is the same for all instances of one question. */
interface Around {
  readonly proxy: ProxyFacts | undefined;
  readonly states: ServerStates;
  readonly hosts: ReadonlyMap<string, HostFacts>;
  readonly strangers: ReadonlyMap<string, StrangerFacts>;
  readonly isCutOff: boolean;
}

/** Answers why a service is routed or not, by the whole way of each of its instances. */
export class Explainer {
  constructor(
    private readonly facts: ExplainFacts,
    private readonly agents: { ask(host: string, service: string): Promise<HalfAnswer> },
  ) {}

  /** The part of the way on this host, for who asks from another one: nobody else is asked for it. */
  ownHalf(service: string): Explanation {
    const known = withoutEnded([...this.gather(service).values()].filter((one) => this.isOwn(one)));
    const instances = known
      .slice(0, MAX_SHOWN)
      .map((one) => instanceOf(service, one, SELF, this.originOf(service, one), 'ANNOUNCED'));
    const verdict = serviceVerdict(service, instances) ?? this.ailing(service) ?? this.unheardOf(service, []);
    return {
      service,
      which: null,
      host: this.facts.self,
      verdict,
      instances,
      omitted: known.length - instances.length,
    };
  }

  /** @param which an id or a host; undefined: all instances of the service. Never rejects */
  async explain(service: string, which?: string): Promise<Explanation> {
    const { facts } = this;
    const known = this.gather(service);
    const asked = this.hostsToAsk([...known.values()], which);
    const ask = async (host: string) => [host, await this.agents.ask(host, service)] as const;
    const halves = new Map(await Promise.all(asked.slice(0, MAX_ASKED).map(ask)));
    // Last, as what HAProxy says is compared with what it runs now.
    const proxy = facts.proxy();
    const states = proxy ? await facts.serverStates() : UNASKED;
    const hosts = new Map(facts.hosts().map((host) => [host.name, host]));
    for (const [host, answer] of halves) if (answer.state === 'answered') addTheirs(known, answer, host, hosts);
    const meant = [...known.values()].filter(({ host, id }) => which === undefined || which === id || which === host);
    const shown = which === undefined ? withoutEnded(meant) : meant;
    const strangers = new Map(this.strangers().map((stranger) => [stranger.name, stranger]));
    const around = { proxy, states, hosts, strangers, isCutOff: isCutOff([...hosts.values()]) };
    const instances = shown
      .toSorted((a, b) => compareBytes(a.host, b.host) || compareBytes(a.id, b.id))
      .slice(0, MAX_SHOWN)
      .map((one) => this.walked(service, one, this.askedOf(one, halves, hosts), around));
    const silent = asked.filter((host) => halves.get(host)?.state !== 'answered');
    const verdict =
      serviceVerdict(service, instances) ?? this.nothingOf(service, which, known.size > 0, halves, silent);
    return {
      ...{ service, which: which ?? null, host: facts.self, verdict, instances },
      omitted: meant.length - instances.length,
    };
  }

  /** Everything that any room of this host has of the service, by instance. */
  private gather(service: string): Map<string, Known> {
    const known = new Map<string, Known>();
    for (const found of this.facts.found(service)) at(known, found.host, found.id).found = found;
    for (const record of this.facts.records(service))
      at(known, record.record.hostname, record.record.id).record = record;
    for (const refused of this.facts.refused(service)) {
      const one = at(known, refused.host, refused.id);
      if (!isOvertaken(refused, one.record)) one.refused = refused;
    }
    return known;
  }

  private isOwn({ host, found }: Known): boolean {
    return host === this.facts.self || found !== undefined;
  }

  private originOf(service: string, { found, record }: Known): readonly Step[] {
    return found ? originWalk(service, found, record) : unfoundWalk(this.facts.sources(), record);
  }

  private walked(service: string, one: Known, asked: Asked, around: Around): InstanceExplanation {
    const { facts } = this;
    const { host, id, record, refused } = one;
    const isOwn = this.isOwn(one);
    const origin = isOwn ? this.originOf(service, one) : (one.theirs ?? guessedOrigin(record, asked));
    const trace = facts.trace(service, host, id);
    const arrival = arrivalWalk({
      ...{ host, isOwn, known: record, refused, trace, isCutOff: around.isCutOff, clusterName: facts.clusterName },
      member: around.hosts.get(host),
      stranger: around.strangers.get(host),
    });
    const proxied = proxyWalk({ ...around, trace });
    return instanceOf(service, one, asked, [...origin, ...arrival, ...proxied]);
  }

  /** Hosts that could tell more: those of the instances that are meant, or, when there are none, whoever is alive. */
  private hostsToAsk(known: readonly Known[], which: string | undefined): readonly string[] {
    const { self } = this.facts;
    const alive = this.facts.hosts().filter(isAlive);
    const others = alive.map(({ name }) => name).filter((name) => name !== self);
    const meant = known.filter(({ host, id }) => which === undefined || which === id || which === host);
    const theirs = new Set(meant.filter((one) => !this.isOwn(one)).map(({ host }) => host));
    const asked = others.filter((name) => theirs.has(name) || name === which);
    return (meant.length > 0 || asked.length > 0 ? asked : others).toSorted();
  }

  /** The verdict on what nothing at all is known of. */
  private nothingOf(
    service: string,
    which: string | undefined,
    isKnown: boolean,
    halves: ReadonlyMap<string, HalfAnswer>,
    silent: readonly string[],
  ): Verdict {
    const { facts } = this;
    const stranger = this.strangers().find(({ name }) => name === which);
    if (stranger) return verdictOf('OTHER_CLUSTER', foreignWords(stranger, facts.clusterName));
    const member = facts.hosts().find(({ name }) => name === which);
    if (member?.state === 'left') return verdictOf('HOST_LEFT', `${member.name} left the cluster`);
    if (member?.state === 'dead' || member?.state === 'missing')
      return verdictOf('HOST_DEAD', `${member.name} is held for dead, and nothing is left of ${service} there`);
    for (const [host, answer] of halves) {
      if (answer.state !== 'answered' || (which !== undefined && which !== host)) continue;
      const { code, sentence } = answer.half.verdict;
      if (code === 'UNKNOWN_SERVICE' || code === 'ANNOUNCED') continue;
      return verdictOf(code, `${host} says: ${sentence}`);
    }
    const ailing = this.ailing(service);
    if (ailing && (!isKnown || which === facts.self)) return ailing;
    if (isKnown) {
      const sentence = `${service} is known, but no instance of it has the id or host ${which ?? ''}`;
      return verdictOf('UNKNOWN_INSTANCE', `${sentence}${wordsOfSilent(silent)}`);
    }
    return this.unheardOf(service, silent, member ? [] : this.strangers());
  }

  /** What keeps this host from knowing what runs on it. */
  private ailing(service: string): Verdict | undefined {
    const sources = this.facts.sources();
    const [step] = unfoundWalk(sources, undefined);
    if (step?.code === undefined || step.code === 'ENDED') return undefined;
    return verdictOf(step.code, `${service} is not known on ${this.facts.self}: ${step.text}`);
  }

  /**
   * @param silent    hosts that might know it, and have not answered or were not asked
   * @param strangers who of another cluster might know it
   */
  private unheardOf(service: string, silent: readonly string[], strangers = this.strangers()): Verdict {
    const { facts } = this;
    const nobody = `nobody ${silent.length > 0 ? 'who answered ' : ''}knows ${service}${wordsOfSilent(silent)}`;
    const near = nearest(service, facts.names());
    if (near !== undefined) return verdictOf('UNKNOWN_SERVICE', `${nobody}; did you mean ${near}?`);
    const [stranger] = strangers;
    if (!stranger) return verdictOf('UNKNOWN_SERVICE', nobody);
    return verdictOf('OTHER_CLUSTER', `${nobody}; ${foreignWords(stranger, facts.clusterName)}`);
  }

  /** Who knocks and is of another cluster; not who has joined since, and is remembered as one for a while. */
  private strangers(): readonly StrangerFacts[] {
    const joined = new Set(
      this.facts
        .hosts()
        .filter(isAlive)
        .map(({ name }) => name),
    );
    return this.facts.strangers().filter(({ name }) => !joined.has(name));
  }

  private askedOf(one: Known, halves: ReadonlyMap<string, HalfAnswer>, hosts: Around['hosts']): Asked {
    const { host } = one;
    if (this.isOwn(one)) return SELF;
    const answer = halves.get(host);
    if (answer?.state === 'answered') return { state: 'answered', text: `${host} was asked` };
    if (answer) return { state: answer.state, text: answer.why };
    const why = isAlive(hosts.get(host)) ? `one question asks ${MAX_ASKED} hosts` : 'it is no live member';
    return { state: 'not-asked', text: `${host} was not asked: ${why}` };
  }
}

const SELF: Asked = { state: 'self', text: 'it is the host that answers' };
const UNASKED: ServerStates = { kind: 'unasked' };

function at(known: Map<string, Known>, host: string, id: string): Known {
  const key = `${host} ${id}`;
  const one = known.get(key) ?? { host, id };
  known.set(key, one);
  return one;
}

/** A later version was taken: a peer told of the one that was refused once more. What ended since may well have done so for want of it. */
const isOvertaken = ({ updated }: RefusedFacts, stored: RecordFacts | undefined): boolean =>
  updated !== undefined &&
  stored !== undefined &&
  stored.record.status !== Status.Tombstone &&
  updated <= stored.record.updated;

/** A host speaks for itself, and for names of the static file that are no member's: not for another member. */
function addTheirs(
  known: Map<string, Known>,
  { half }: Extract<HalfAnswer, { readonly state: 'answered' }>,
  asked: string,
  hosts: Around['hosts'],
): void {
  for (const { host, id, steps } of half.instances)
    if (host === asked || !hosts.has(host)) at(known, host, id).theirs = steps;
}

/** What a record alone shows of its part of the way. */
function guessedOrigin(record: RecordFacts | undefined, { text }: Asked): readonly Step[] {
  const step = unknown('discovered', text);
  return record && record.record.status !== Status.Tombstone ? [step, portsStep(record.record.ports)] : [step];
}

/** Tombstones tell nothing where there are instances that live. */
function withoutEnded(known: readonly Known[]): readonly Known[] {
  const living = known.filter((one) => one.record?.record.status !== Status.Tombstone || one.found || one.refused);
  return living.length > 0 ? living : known;
}

function wordsOfSilent(silent: readonly string[]): string {
  if (silent.length === 0) return '';
  const more = silent.length > MAX_SILENT_NAMED ? ` and ${silent.length - MAX_SILENT_NAMED} more` : '';
  return `; no word from ${silent.slice(0, MAX_SILENT_NAMED).join(', ')}${more}`;
}

const isAlive = (host: HostFacts | undefined): boolean => host?.state === 'alive' || host?.state === 'suspect';

/** Whether most of the members that did not leave are out of reach. */
function isCutOff(hosts: readonly HostFacts[]): boolean {
  const expected = hosts.filter(({ state }) => state !== 'left');
  const alive = expected.filter(isAlive);
  return alive.length * 2 < expected.length;
}
