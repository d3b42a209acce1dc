import { ok, refused, type Result } from '../lib/result.js';
import type { HaproxyFault } from './fault.js';
import { alertsOf } from './refusal-words.js';
import type { SectionOwners } from './section-owners.js';

export interface CulpritSearch {
  /** Names of all services in the rejected text, in the order of the model. */
  readonly services: readonly string[];
  /** The configuration without some services. */
  readonly render: (without: ReadonlySet<string>) => Result<string, HaproxyFault>;
  readonly owners: SectionOwners;
  readonly verify: (text: string) => Promise<HaproxyFault | undefined>;
  /** Why the text with all services was refused. */
  readonly firstFault: HaproxyFault;
  /** `firstFault` is not among them. */
  readonly maxVerifications: number;
}

export type Culprits =
  /** `text` verifies. `setAside`: the services that are missing from it, each with what was said about it. */
  | { readonly setAside: ReadonlyMap<string, string>; readonly text: string; readonly verifications: number }
  /** No service is at fault, or too many are, or the search could not go on. */
  | { readonly fault: HaproxyFault; readonly verifications: number };

/**
 * Finds the services because of which a configuration is refused, so that all others can be served. Services that only fail
 * together lose one of them. HAProxy's words are believed first; where they do not help, halves are tried: one culprit among
 * n services takes at most log2(n) + 4 verifications, and so does each further one.
 *
 * More than half of more than six services, or all of several, are never at fault: a template that spoils them all shall not
 * empty HAProxy.
 */
export async function findCulprits(input: CulpritSearch): Promise<Culprits> {
  const search = new Search(input);
  const found = await search.run();
  const { verifications } = search;
  return found.ok ? { ...found.value, verifications } : { fault: found.fault, verifications };
}

type SetAside = ReadonlyMap<string, string>;
type Found = Result<{ readonly setAside: SetAside; readonly text: string }, HaproxyFault>;
/** Why a text is refused; undefined when it is not. */
type Verdict = HaproxyFault | undefined;

/** So often HAProxy is believed without success. It names no more than a dozen services at a time, and those of one phase. */
const MIN_ROUNDS = 2;
const NAMED_PER_ROUND = 8;
/** A handful of services may all but one be at fault. */
const FEW = 3;

class Search {
  verifications = 0;
  /** The last text that was tried, and the last that was not refused. */
  private tried = '';
  private good = '';
  private lacksListener = false;
  private readonly mostCulprits: number;

  constructor(private readonly input: CulpritSearch) {
    const count = input.services.length;
    this.mostCulprits = Math.max(1, Math.min(count - 1, Math.max(FEW, Math.floor(count / 2))));
  }

  async run(): Promise<Found> {
    const named = new Map<string, string>();
    const believed = await this.believe(named);
    if (!believed.ok) return believed;
    if (!believed.value) return this.ended(named);
    const template = await this.tryWith([]);
    if (!template.ok) return template;
    if (template.value) return refused(template.value);
    // What was refused some time ago may be in order by now: nobody is blamed for an old verdict.
    const verdict = this.verifications > 1 ? believed : await this.try(new Set());
    if (!verdict.ok) return verdict;
    return verdict.value ? this.bisect(named, verdict.value) : this.ended(new Map());
  }

  /** Leaves out whom the words name, as long as they name another one and it is not too many: fills `named`. */
  private async believe(named: Map<string, string>): Promise<Result<Verdict, HaproxyFault>> {
    const whole = this.input.render(new Set());
    this.tried = whole.ok ? whole.value : '';
    let fault = this.input.firstFault;
    let said = this.saidIn(fault, named);
    for (let round = 1; said.size > 0 && round <= MIN_ROUNDS + named.size / NAMED_PER_ROUND; round += 1) {
      for (const [service, words] of said) named.set(service, words);
      if (named.size > this.mostCulprits) return refused(this.input.firstFault);
      const trial = await this.try(new Set(named.keys()));
      if (!trial.ok || !trial.value) return trial;
      fault = trial.value;
      said = this.saidIn(fault, named);
    }
    return ok(fault);
  }

  /** The services that a fault of the text tried last names, `aside` excepted, each with its words. */
  private saidIn(fault: HaproxyFault, aside: SetAside): SetAside {
    const said = new Map<string, string>();
    const { owners } = this.input;
    for (const { line, proxy, words } of fault.code === 'CONFIG_REJECTED' ? alertsOf(fault.words) : []) {
      const byLine = line === undefined ? undefined : owners.ofLine(this.tried, line);
      const service = byLine ?? (proxy === undefined ? undefined : owners.ofProxy(proxy));
      if (service !== undefined && !aside.has(service) && !said.has(service)) said.set(service, words);
    }
    return said;
  }

  /**
   * Finds, again and again, the first service with which those before it are refused.
   *
   * @param named whom HAProxy named, in vain: they stay aside, unless all is well with them once a culprit is found
   * @param fault why the others are refused. Without any of them nothing is
   */
  private async bisect(named: SetAside, fault: HaproxyFault): Promise<Found> {
    const candidates = this.input.services.filter((name) => !named.has(name));
    const culprits = new Map<string, string>();
    let harmless = 0;
    for (let verdict: Verdict = fault; verdict;) {
      let [low, high, why] = [harmless, candidates.length, verdict];
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        const trial = await this.tryWith(candidates.slice(0, middle));
        if (!trial.ok) return trial;
        if (trial.value) [high, why] = [middle, trial.value];
        else low = middle;
      }
      for (const culprit of candidates.splice(high - 1, 1)) culprits.set(culprit, wordsOf(why));
      if (culprits.size > this.mostCulprits) return refused(this.input.firstFault);
      harmless = low;
      if (culprits.size === 1 && named.size > 0) {
        const trial = await this.try(new Set(culprits.keys()));
        if (!trial.ok) return trial;
        if (!trial.value) return this.ended(culprits);
      }
      const rest = harmless === candidates.length ? ok(undefined) : await this.tryWith(candidates);
      if (!rest.ok) return rest;
      verdict = rest.value;
    }
    return this.ended(new Map([...named, ...culprits]));
  }

  private ended(setAside: SetAside): Found {
    const { firstFault } = this.input;
    if (setAside.size > this.mostCulprits || this.lacksListener) return refused(firstFault);
    return ok({ setAside, text: this.good });
  }

  private tryWith(services: readonly string[]): Promise<Result<Verdict, HaproxyFault>> {
    const kept = new Set(services);
    return this.try(new Set(this.input.services.filter((name) => !kept.has(name))));
  }

  /** @returns refused when there is no verdict, and so no search */
  private async try(without: ReadonlySet<string>): Promise<Result<Verdict, HaproxyFault>> {
    const { render, verify, maxVerifications, firstFault } = this.input;
    const text = render(without);
    if (!text.ok) return text.fault.code === 'TEMPLATE_FAILED' ? ok(text.fault) : text;
    if (this.verifications >= maxVerifications) return refused(firstFault);
    this.verifications += 1;
    this.tried = text.value;
    const fault = await verify(text.value);
    if (fault?.code === 'CONFIG_REJECTED') return ok(fault);
    // A part of the services may leave a template with nothing to listen on: no fault of anything in it.
    this.lacksListener = fault?.code === 'CONFIG_WITHOUT_LISTENER';
    if (fault && !this.lacksListener) return refused(fault);
    this.good = text.value;
    return ok(undefined);
  }
}

function wordsOf(fault: HaproxyFault): string {
  if (fault.code === 'TEMPLATE_FAILED') return fault.reason;
  if (fault.code !== 'CONFIG_REJECTED') return fault.code;
  return alertsOf(fault.words)[0]?.words ?? fault.words;
}
