import { Explainer } from '../../../src/explain/explainer.js';
import type { Explanation } from '../../../src/explain/explanation.js';
import type {
  CheckFacts,
  ExplainFacts,
  FoundFacts,
  HostFacts,
  ProxyFacts,
  RecordFacts,
  RefusedFacts,
  ServerFacts,
  ServerStates,
  SourceFacts,
  StrangerFacts,
  TraceFacts,
} from '../../../src/explain/facts.js';
import type { HalfAnswer } from '../../../src/explain/origin-agents.js';
import { readOtherHalf } from '../../../src/explain/other-half.js';
import type { Service } from '../../../src/service/service.js';
import { record } from '../../support/records.js';

export const NOW = 1_700_000_000_000_000_000n;

const CHECK: CheckFacts = {
  ...{ kind: 'http', status: 'healthy', reason: 'check-passed', output: '200 OK', endedAgoMs: 300 },
  ...{ runningMs: undefined, isWaiting: false, timeoutMs: 3_000, intervalMs: 1_000, rise: 1, fall: 3, streak: 5 },
};
const FOUND: FoundFacts = {
  ...{ host: 'h1', id: 'aa', source: 'docker', what: 'container web-1', name: 'web', namedBy: 'ServiceName' },
  ...{ leftOut: undefined, published: ['80/tcp->32768'], servicePortLabels: ['ServicePort_80=8080'], complaints: [] },
  ports: [{ type: 'tcp', port: 32_768, servicePort: 8080, ip: '10.0.0.1' }],
  check: CHECK,
  drain: undefined,
};
const ROUTED: TraceFacts = {
  leftOut: [],
  drafted: [{ servicePort: 8080, weight: 100, stale: false }],
  servers: [{ backend: 'web-8080', server: 'it' }],
  hasStatsSocket: true,
};
const UP: ServerFacts = { backend: 'web-8080', server: 'it', status: 'UP', weight: 100, check: '' };

/** What the rooms of h1 know: of web one instance that is routed, here or, after `moved`, on h2. */
export class World {
  sources: readonly SourceFacts[] = [{ source: 'docker', hasListed: true, problem: undefined }];
  found: FoundFacts | undefined = FOUND;
  record: RecordFacts | undefined = this.recordOf({});
  refused: readonly RefusedFacts[] = [];
  names: readonly string[] = ['web'];
  hosts: HostFacts[] = ['h1', 'h2', 'h3'].map((name) => ({ name, state: 'alive', lastHeardAgoMs: 90, skewMs: 0 }));
  strangers: readonly StrangerFacts[] = [];
  proxy: ProxyFacts | undefined = { isRunning: true, isBehind: false, fault: undefined };
  trace = ROUTED;
  states: ServerStates = { kind: 'seen', servers: [UP] };
  /** What h2 and h3 answer. */
  answers: Readonly<Record<string, HalfAnswer>> = {};
  /** Who was asked, in this order. */
  readonly asked: string[] = [];

  recordOf(service: Partial<Service>, facts: Partial<RecordFacts> = {}): RecordFacts {
    const { ports } = FOUND;
    const receipt = { atNs: NOW, way: 'message', from: 'h3', lateMs: 120 } as const;
    return {
      record: record({ hostname: 'h1', id: 'aa', ports, ...service }),
      lastChange: { reason: 'check-passed', atNs: NOW },
      isOutOfSight: false,
      isRestored: false,
      receipt: service.hostname === undefined || service.hostname === 'h1' ? undefined : receipt,
      ...facts,
    };
  }

  /** The instance is on h2, whose agent answers that all is well. */
  moved(service: Partial<Service> = {}, facts: Partial<RecordFacts> = {}): void {
    this.found = undefined;
    this.record = this.recordOf({ hostname: 'h2', ...service }, facts);
    this.answers = { h2: halfOf('ANNOUNCED', [{ step: 'announced', state: 'done', text: 'it is', facts: {} }]) };
  }

  /** h2 is not as it was. */
  host(state: HostFacts['state'], name = 'h2'): void {
    this.hosts = this.hosts.map((one) => (one.name === name ? { ...one, state } : one));
    this.answers = { [name]: { state: 'not-asked', why: `${name} was not asked: it is no live member` } };
  }

  check(check: Partial<CheckFacts>): void {
    this.found = { ...FOUND, check: { ...CHECK, ...check } };
  }

  discovered(found: Partial<FoundFacts>): void {
    this.found = { ...FOUND, ...found };
  }

  leftOut(code: string, message = 'because'): void {
    this.trace = { ...ROUTED, leftOut: [{ code, message }], drafted: [], servers: [] };
  }

  server(status: string, check = ''): void {
    this.states = { kind: 'seen', servers: [{ ...UP, status, check }] };
  }

  /** Nothing is known of web here. */
  nothing(): void {
    [this.found, this.record] = [undefined, undefined];
    this.names = [];
  }

  get explainer(): Explainer {
    const ask = (host: string): Promise<HalfAnswer> => {
      this.asked.push(host);
      return Promise.resolve(this.answers[host] ?? halfOf('UNKNOWN_SERVICE', []));
    };
    return new Explainer(this.facts, { ask });
  }

  explain(which?: string, service = 'web'): Promise<Explanation> {
    return this.explainer.explain(service, which);
  }

  private get facts(): ExplainFacts {
    const { found, record: own } = this;
    return {
      self: 'h1',
      clusterName: 'prod',
      sources: () => this.sources,
      found: () => (found ? [found] : []),
      records: () => (own ? [own] : []),
      refused: () => this.refused,
      names: () => this.names,
      hosts: () => this.hosts,
      strangers: () => this.strangers,
      proxy: () => this.proxy,
      trace: () => this.trace,
      serverStates: () => {
        this.asked.push('HAProxy');
        return Promise.resolve(this.states);
      },
    };
  }
}

/** What a host answers of its half: one instance, or none when there are no steps. */
export function halfOf(code: string, steps: readonly unknown[]): HalfAnswer {
  const verdict = { code, sentence: `${code} it is`, advice: '' };
  const instances = steps.length === 0 ? [] : [{ host: 'h2', id: 'aa', steps }];
  const half = readOtherHalf(JSON.stringify({ verdict, instances }));
  return half ? { state: 'answered', half } : { state: 'unanswered', why: 'no half' };
}
