import type { AgentEvent } from './event.js';
import { keyOf, type Instance } from './instance.js';

/** What the journal tells of an instance beyond its record. */
export interface InstanceFacts {
  /** When its status or content last changed, as the agent saw it; undefined: longer ago than is known. */
  readonly changedAt: number | undefined;
  /** Why: a stable word, and what was seen. */
  readonly reason: string | undefined;
  readonly detail: string | undefined;
  /** The last that was told of its check; only the host of an instance tells. */
  readonly check: CheckResult | undefined;
}

export interface CheckResult {
  readonly what: string;
  readonly output: string | undefined;
  readonly time: number;
}

export interface KnownInstance extends Instance, InstanceFacts {}

export interface ServiceGroup {
  readonly name: string;
  /** By host, then id. */
  readonly instances: readonly KnownInstance[];
}

interface Kept extends InstanceFacts {
  /** Of the event that told of the change, and of the check: older ones tell nothing new. */
  readonly changeId: number;
  readonly checkId: number;
}

const NOTHING: Kept = {
  ...{ changedAt: undefined, reason: undefined, detail: undefined, check: undefined, changeId: 0, checkId: 0 },
};

/**
 * What the agent believes, kept up to date by its events. A change makes one group anew; all others, and the list of groups while
 * nothing changes, stay the same objects.
 */
export class Catalog {
  private readonly byService = new Map<string, Map<string, Instance>>();
  /** The service of each instance, by key. */
  private readonly serviceOf = new Map<string, string>();
  private readonly facts = new Map<string, Kept>();
  private readonly made = new Map<string, ServiceGroup>();
  private names: readonly string[] | undefined;
  private list: readonly ServiceGroup[] | undefined;

  /** Takes a whole state; what the journal told of those that are still there is kept until it tells anew, maybe by other ids. */
  replace(instances: readonly Instance[]): void {
    for (const each of [this.byService, this.serviceOf, this.made]) each.clear();
    this.names = undefined;
    this.list = undefined;
    for (const instance of instances) this.put(keyOf(instance.host, instance.id), instance);
    for (const [key, facts] of this.facts) {
      if (this.serviceOf.has(key)) this.facts.set(key, { ...facts, changeId: 0, checkId: 0 });
      else this.facts.delete(key);
    }
  }

  /** Takes an event, also one that the state has already. */
  apply(event: AgentEvent): void {
    const { kind, what, record } = event;
    if (kind === 'service' && record) {
      const key = keyOf(record.host, record.id);
      const known = this.byService.get(this.serviceOf.get(key) ?? '')?.get(key);
      const isNews = !known || record.updated >= known.updated;
      if (what === 'removed') {
        if (isNews) this.remove(key);
      } else if (isNews) {
        this.put(key, record);
      }
    }
    this.recall(event);
  }

  /** Takes only what an event tells of a change or a check, not the record: that of an event of long ago is old. */
  recall(event: AgentEvent): void {
    const { id, kind, what, host, instance, time, reason, detail } = event;
    if (host === undefined || instance === undefined) return;
    const key = keyOf(host, instance);
    if (!this.serviceOf.has(key)) return;
    const known = this.facts.get(key) ?? NOTHING;
    if (kind === 'service' && id > known.changeId) {
      // After a restart the agent knows its records again, but not since when they are as they are.
      const changedAt = reason === 'restored' ? known.changedAt : time;
      this.learn(key, { ...known, changedAt, reason, detail, changeId: id });
    } else if (kind === 'check' && id > known.checkId) {
      this.learn(key, { ...known, check: { what, output: detail, time }, checkId: id });
    }
  }

  /** By name. */
  groups(): readonly ServiceGroup[] {
    this.names ??= [...this.byService.keys()].sort((a, b) => (a < b ? -1 : 1));
    this.list ??= this.names.map((name) => this.group(name));
    return this.list;
  }

  private group(name: string): ServiceGroup {
    const known = this.made.get(name);
    if (known) return known;
    const instances = [...(this.byService.get(name) ?? [])]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, instance]): KnownInstance => {
        const { changedAt, reason, detail, check } = this.facts.get(key) ?? NOTHING;
        return { ...instance, changedAt, reason, detail, check };
      });
    const group = { name, instances };
    this.made.set(name, group);
    return group;
  }

  private put(key: string, instance: Instance): void {
    const before = this.serviceOf.get(key);
    if (before !== undefined && before !== instance.service) this.remove(key);
    let instances = this.byService.get(instance.service);
    if (!instances) {
      instances = new Map();
      this.byService.set(instance.service, instances);
      this.names = undefined;
    }
    instances.set(key, instance);
    this.serviceOf.set(key, instance.service);
    this.touch(instance.service);
  }

  private remove(key: string): void {
    const name = this.serviceOf.get(key);
    if (name === undefined) return;
    const instances = this.byService.get(name);
    instances?.delete(key);
    if (instances?.size === 0) {
      this.byService.delete(name);
      this.names = undefined;
    }
    this.serviceOf.delete(key);
    this.facts.delete(key);
    this.touch(name);
  }

  private learn(key: string, facts: Kept): void {
    this.facts.set(key, facts);
    this.touch(this.serviceOf.get(key) ?? '');
  }

  private touch(name: string): void {
    this.made.delete(name);
    this.list = undefined;
  }
}
