import type { CatalogSnapshot, DepartureReader } from '../catalog/reader.js';
import type { Clock, Millis, WallClock } from '../lib/ports.js';
import { bindableDraft } from './bindable.js';
import { bindsOf, type Bind } from './binds.js';
import { findCulprits } from './culprits.js';
import type { Deployment } from './deployment.js';
import {
  asideKey,
  draftOf,
  heldFor,
  modelOf,
  NOTHING_ASIDE,
  proxiesOf,
  type Draft,
  type DraftDeps,
  type SetAside,
  type Surroundings,
} from './draft.js';
import type { HaproxyFault } from './fault.js';
import type { Hostnames } from './hostnames.js';
import type { HaproxyOptions } from './options.js';
import type { ListenRefusal } from './ports.js';
import type { ProxyMemory } from './proxy-memory.js';
import { bindRefusalsOf } from './refusal-words.js';
import { sectionOwners } from './section-owners.js';
import type { Offer, SetAsideMemory } from './set-aside-memory.js';
import type { LoadedTemplate } from './template-file.js';

/** What a draft is made of. */
export interface Source {
  readonly snapshot: CatalogSnapshot;
  readonly template: LoadedTemplate;
  /** HAProxy ran by another one before, which is still there: a mistake is this one's, not that of some service. */
  readonly isNewTemplate: boolean;
}

/** A search takes some ten verifications; with more something else is wrong. */
const MAX_VERIFICATIONS = 100;

/** The drafts of what should be served, each without what is known to stand in the way of all others. */
export class Drafts {
  /** What nobody could listen on when it was last tried. */
  private blocked: SetAside = NOTHING_ASIDE;

  constructor(
    private readonly options: HaproxyOptions,
    private readonly deps: DraftDeps & {
      readonly deployment: Deployment;
      readonly departures: DepartureReader;
      readonly hostnames: Pick<Hostnames, 'unresolved'>;
      readonly memory: ProxyMemory;
      readonly setAside: SetAsideMemory;
      readonly clock: Clock;
      readonly wall: WallClock;
    },
  ) {}

  /** What could not be listened on, the same text for the same parts; empty for nothing. */
  get obstacle(): string {
    return asideKey(this.blocked);
  }

  /** Milliseconds until something that HAProxy could not bind is to be tried again, >= 0; undefined when there is nothing. */
  nextTryMs(now: Millis): Millis | undefined {
    return this.deps.setAside.nextTryMs(now);
  }

  /** @param again what could not be listened on before is in the draft again */
  next(source: Source, again: boolean): Draft {
    if (again) this.blocked = NOTHING_ASIDE;
    const { setAside } = this.deps;
    if (setAside.list().length > 0) {
      setAside.offered(this.offer(source));
    }
    return this.render(source, this.aside(this.blocked));
  }

  /** What would be served, were this the template in use. */
  preview(source: Source): Draft {
    return this.render(source, this.aside(this.blocked));
  }

  /** The draft for a reload: each address that HAProxy does not listen on yet is tried first. */
  async bindable(source: Source): Promise<Draft> {
    const { options, deps } = this;
    const holds = await deps.deployment.holds();
    // With a `reload_command` of the operator's own HAProxy may have other rights than we do: only what is taken is taken for all.
    const isOwn = options.reloadCommand === '';
    const counts = ({ errno }: ListenRefusal): boolean => isOwn || errno === 'EADDRINUSE';
    const served = new Set(bindsOf(deps.deployment.listensBy ?? '').map(keyOf));
    const known = this.aside(NOTHING_ASIDE);
    const draft = await bindableDraft(
      (setAside) => this.render(source, setAside),
      known,
      options,
      holds,
      (bind) => served.has(keyOf(bind)),
      async (place) => {
        const refusal = await deps.listening.tryListen(place);
        return refusal && counts(refusal) ? refusal : undefined;
      },
    );
    const { servicePorts, services, statsPage } = draft.setAside;
    this.blocked = {
      servicePorts: without(servicePorts, known.servicePorts),
      services: without(services, known.services),
      statsPage,
    };
    // One that cannot be had now is tried again by what stands in the way, not by what HAProxy once said of it.
    deps.setAside.loaded(this.blocked.servicePorts.keys(), new Map(), deps.clock.now(), deps.wall.nowNs());
    return draft;
  }

  /**
   * The draft without what a fault is about.
   *
   * @param draft the one that the fault is about
   * @returns undefined when it is about nothing that could be set aside
   */
  without(fault: HaproxyFault, draft: Draft, source: Source, signal: AbortSignal): Promise<Draft | undefined> {
    if (fault.code === 'CONFIG_REJECTED' && !source.isNewTemplate)
      return this.withoutCulprits(fault, draft, source, signal);
    if (fault.code === 'RELOAD_FAILED' || fault.code === 'START_FAILED') {
      return Promise.resolve(this.withoutUnbound(fault.words, draft, source));
    }
    return Promise.resolve(undefined);
  }

  /** HAProxy was loaded with this draft, so that it listens wherever the draft says. */
  loaded(draft: Draft): void {
    const ports = proxiesOf(draft.model).map(({ servicePort }) => servicePort);
    this.deps.setAside.loaded(ports, new Map(), this.deps.clock.now(), this.deps.wall.nowNs());
  }

  private async withoutCulprits(
    fault: HaproxyFault,
    draft: Draft,
    source: Source,
    signal: AbortSignal,
  ): Promise<Draft | undefined> {
    const { deployment, setAside, wall } = this.deps;
    const { services } = draft.model;
    const render = (names: ReadonlySet<string>): Draft => {
      const reasons = [...names].map((name): [string, string] => [name, '']);
      return this.render(source, { ...draft.setAside, services: new Map([...draft.setAside.services, ...reasons]) });
    };
    const found = await findCulprits({
      services: services.map(({ name }) => name),
      render: (names) => render(names).text,
      owners: sectionOwners(services),
      verify: (text) => deployment.verify(text, signal),
      firstFault: fault,
      maxVerifications: MAX_VERIFICATIONS,
    });
    if ('fault' in found) return undefined;
    const words = new Map(
      [...found.setAside].map(([name, said]) => [
        name,
        `HAProxy does not accept its part of the configuration: ${said}`,
      ]),
    );
    setAside.doNotVerify(words, this.offer(source), wall.nowNs());
    return this.render(source, {
      ...draft.setAside,
      services: new Map([...draft.setAside.services, ...words]),
    });
  }

  /** HAProxy names the sections that it could not bind. */
  private withoutUnbound(words: string, draft: Draft, source: Source): Draft | undefined {
    const byProxy = new Map(proxiesOf(draft.model).map(({ proxy, servicePort }) => [proxy, servicePort]));
    const refused = new Map<number, string>();
    for (const refusal of bindRefusalsOf(words)) {
      const servicePort = byProxy.get(refusal.proxy);
      if (servicePort === undefined) continue;
      refused.set(servicePort, `HAProxy could not listen there (${refusal.words}), everything else is served`);
    }
    if (refused.size === 0) return undefined;
    this.deps.setAside.loaded(byProxy.values(), refused, this.deps.clock.now(), this.deps.wall.nowNs());
    return this.render(source, this.aside(this.blocked));
  }

  /** What stands aside by memory and by `more`. */
  private aside(more: SetAside): SetAside {
    const { clock, setAside } = this.deps;
    return {
      servicePorts: new Map([...setAside.servicePorts(clock.now()), ...more.servicePorts]),
      services: new Map([...setAside.services(), ...more.services]),
      statsPage: more.statsPage,
    };
  }

  /** All that could be served: by this it is told whether a service has changed since it was set aside. */
  private offer({ snapshot, template }: Source): Offer {
    const { services } = modelOf(snapshot, this.options, this.around(), NOTHING_ASIDE, this.deps);
    return { services, templateRevision: template.revision };
  }

  private render({ snapshot, template }: Source, setAside: SetAside): Draft {
    return draftOf(snapshot, template, this.options, this.around(), setAside, this.deps);
  }

  private around(): Surroundings {
    const { departures, hostnames, memory, deployment } = this.deps;
    const { staleHoldMs } = this.options;
    return {
      holders: memory.holders,
      unresolved: hostnames.unresolved(),
      isHeld: heldFor(departures, staleHoldMs),
      serverStateFile: deployment.serverStateFile,
    };
  }
}

const keyOf = ({ section, address, port }: Bind): string => `${section} ${address} ${port}`;

const without = <K>(all: ReadonlyMap<K, string>, known: ReadonlyMap<K, string>): ReadonlyMap<K, string> =>
  new Map([...all].filter(([key]) => !known.has(key)));
