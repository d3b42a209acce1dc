import { createHash } from 'node:crypto';
import type { Millis } from '../lib/ports.js';
import type { Timestamp } from '../service/timestamp.js';
import type { ProxiedService } from './model.js';

/** Something that is not served, for people. */
export interface SetAsideEntry {
  /** A service's name, when all of it is set aside; else a ServicePort. */
  readonly what: string | number;
  /** HAProxy's, or the system's. */
  readonly words: string;
  /** Since when without interruption. */
  readonly since: Timestamp;
}

/** What a model offers before anything is set aside: whatever was set aside and is no longer in it is forgotten. */
export interface Offer {
  readonly services: readonly ProxiedService[];
  /** Rises when the template's file changed. */
  readonly templateRevision: number;
}

interface Rejected extends SetAsideEntry {
  readonly what: string;
  readonly fingerprint: string;
  readonly templateRevision: number;
}

interface Unbindable extends SetAsideEntry {
  readonly what: number;
  readonly retryAt: Millis;
}

/** A load that tries a busy port again costs a reload that fails: not more often than this. */
const RETRY_MS: Millis = 30_000;

/**
 * What is left out of the configuration, and until when. A service that does not verify is tried again when its records or the
 * template change; a ServicePort that HAProxy could not bind at most once per 30 s, whatever changes. It never holds more than
 * the last offer does.
 */
export class SetAsideMemory {
  private readonly rejected = new Map<string, Rejected>();
  private readonly unbindable = new Map<number, Unbindable>();

  /** To be told of each model before the others are asked. */
  offered({ services, templateRevision }: Offer): void {
    const byName = new Map(services.map((service) => [service.name, service]));
    for (const { what, ...known } of this.rejected.values()) {
      const service = byName.get(what);
      const isSame =
        known.templateRevision === templateRevision && service && fingerprintOf(service) === known.fingerprint;
      if (!isSame) this.rejected.delete(what);
    }
    const ports = new Set(services.flatMap((service) => service.ports.map(({ servicePort }) => servicePort)));
    for (const port of this.unbindable.keys()) if (!ports.has(port)) this.unbindable.delete(port);
  }

  /** These services of the offer do not verify. A service that stays aside keeps its time. */
  doNotVerify(words: ReadonlyMap<string, string>, { services, templateRevision }: Offer, wallNow: Timestamp): void {
    for (const service of services) {
      const said = words.get(service.name);
      if (said === undefined) continue;
      const since = this.rejected.get(service.name)?.since ?? wallNow;
      const fingerprint = fingerprintOf(service);
      this.rejected.set(service.name, { what: service.name, words: said, since, fingerprint, templateRevision });
    }
  }

  /**
   * HAProxy was started, or reloaded, and said which ports it could not bind.
   *
   * @param tried   the ServicePorts in its configuration: those that it did not refuse are forgotten
   * @param refused some of them, with its words
   */
  loaded(tried: Iterable<number>, refused: ReadonlyMap<number, string>, now: Millis, wallNow: Timestamp): void {
    for (const what of tried) {
      const words = refused.get(what);
      const since = this.unbindable.get(what)?.since ?? wallNow;
      if (words === undefined) this.unbindable.delete(what);
      else this.unbindable.set(what, { what, words, since, retryAt: now + RETRY_MS });
    }
  }

  /** The services to leave out, each with the reason. */
  services(): ReadonlyMap<string, string> {
    return new Map([...this.rejected.values()].map(({ what, words }) => [what, words]));
  }

  /** The ServicePorts to leave out now, each with the reason: those that are due are to be tried again. */
  servicePorts(now: Millis): ReadonlyMap<number, string> {
    const waiting = [...this.unbindable.values()].filter(({ retryAt }) => retryAt > now);
    return new Map(waiting.map(({ what, words }) => [what, words]));
  }

  /** Milliseconds until a ServicePort is due, 0 when one is; undefined when there is none to try again. */
  nextTryMs(now: Millis): Millis | undefined {
    if (this.unbindable.size === 0) return undefined;
    return Math.max(0, Math.min(...[...this.unbindable.values()].map(({ retryAt }) => retryAt)) - now);
  }

  /** For status; services first, each kind in the order in which it was set aside. */
  list(): readonly SetAsideEntry[] {
    return [...this.rejected.values(), ...this.unbindable.values()].map(({ what, words, since }) => ({
      what,
      words,
      since,
    }));
  }
}

/** Differs whenever something differs that a template sees. `updated` moves while nothing else does. */
const fingerprintOf = (service: ProxiedService): string =>
  createHash('sha256')
    .update(
      JSON.stringify(service, (key, value: unknown) => {
        if (key === 'updated') return undefined;
        return typeof value === 'bigint' ? String(value) : value;
      }),
    )
    .digest('base64');
