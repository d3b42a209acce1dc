import { refused } from '../lib/result.js';
import { bindsOf, type Bind } from './binds.js';
import { proxiesOf, type Draft, type SetAside } from './draft.js';
import type { HaproxyOptions } from './options.js';
import { isOverlap, overlapsOf } from './plan/overlaps.js';
import type { Holds, Listening, ListenRefusal } from './ports.js';

/** Setting a port aside can bring another to light, whose rival it was: so often it may. */
const MAX_ROUNDS = 5;

/**
 * The draft without what HAProxy could not listen on, and without one of two services where it would listen for both. `haproxy -c` does not bind, and while a new HAProxy tries a busy port
 * again and again the old one serves nobody: each address is tried before it comes to that.
 *
 * @param render renders the catalog with these parts set aside
 * @param start  what is set aside to begin with
 * @param holds  whether the running HAProxy listens on a place, and hands it to its successor; undefined when that cannot be known
 * @param isServed whether a section binds there already
 */
export async function bindableDraft(
  render: (setAside: SetAside) => Draft,
  start: SetAside,
  options: Pick<HaproxyOptions, 'configFile' | 'statsBind'>,
  holds: Holds | undefined,
  isServed: (bind: Bind) => boolean,
  tryListen: Listening['tryListen'],
): Promise<Draft> {
  const free = new Set<string>();
  let draft = withoutRivalBinds(render, render(start), isServed);
  for (let round = 1; draft.text.ok && holds; round += 1) {
    const untried = bindsOf(draft.text.value).filter((bind) => !holds(bind) && !free.has(bind.spec));
    const blocked = await blockedOf(untried, tryListen);
    const [first] = blocked;
    if (!first) return draft;
    for (const { spec } of untried) if (!blocked.some(({ bind }) => bind.spec === spec)) free.add(spec);
    const next = withBlocked(draft, blocked, options.statsBind);
    if ('stranger' in next || round === MAX_ROUNDS) {
      const { bind, refusal } = 'stranger' in next ? next.stranger : first;
      const { section, spec } = bind;
      const { words } = refusal;
      return { ...draft, text: refused({ code: 'BIND_UNAVAILABLE', path: options.configFile, section, spec, words }) };
    }
    draft = withoutRivalBinds(render, render(next), isServed);
  }
  return draft;
}

interface Blocked {
  readonly bind: Bind;
  readonly refusal: ListenRefusal;
}

async function blockedOf(binds: readonly Bind[], tryListen: Listening['tryListen']): Promise<Blocked[]> {
  const blocked: Blocked[] = [];
  for (const bind of binds) {
    const refusal = await tryListen(bind); // one after the other: two on one port would be in each other's way
    if (refusal) blocked.push({ bind, refusal });
  }
  return blocked;
}

/** @returns what to set aside so that the blocked addresses go; or the one that belongs to nothing that could be */
function withBlocked(
  { model, setAside }: Draft,
  blocked: readonly Blocked[],
  stats: string,
): SetAside | { readonly stranger: Blocked } {
  const byProxy = new Map(proxiesOf(model).map(({ proxy, servicePort }) => [proxy, servicePort]));
  const ports = new Set(byProxy.values());
  const servicePorts = new Map(setAside.servicePorts);
  let { statsPage } = setAside;
  for (const { bind, refusal } of blocked) {
    const servicePort = byProxy.get(bind.proxy) ?? (ports.has(bind.port) ? bind.port : undefined);
    const isStats = bind.spec === stats && statsPage === undefined;
    if (servicePort !== undefined) servicePorts.set(servicePort, sentence(bind, refusal, 'its ServicePort'));
    else if (isStats) statsPage = sentence(bind, refusal, 'stats_bind');
    else return { stranger: { bind, refusal } };
  }
  return { ...setAside, servicePorts, statsPage };
}

/**
 * HAProxy itself listens at one place for two sections without a word, and gives each connection to either. What belongs to the
 * template itself stays, for nothing of it can be set aside; then who is served there already, then the first in the file.
 */
function withoutRivalBinds(
  render: (setAside: SetAside) => Draft,
  draft: Draft,
  isServed: (bind: Bind) => boolean,
): Draft {
  if (!draft.text.ok) return draft;
  const offers = proxiesOf(draft.model);
  const byProxy = new Map(offers.map(({ proxy, service }) => [proxy, service]));
  const byPort = new Map(offers.map(({ servicePort, service }) => [servicePort, service]));
  const services = new Map(draft.setAside.services);
  const serviceOf = ({ proxy, port }: Bind): string | undefined => byProxy.get(proxy) ?? byPort.get(port);
  // What is not a service's by its name may be the template's own, on a port that some service claims.
  const isNamed = ({ proxy }: Bind): boolean => byProxy.has(proxy);
  const rank = (bind: Bind): number => (!isNamed(bind) ? 0 : isServed(bind) ? 1 : 2);
  for (const group of overlapsOf(bindsOf(draft.text.value))) {
    const kept: Bind[] = [];
    for (const bind of [...group].sort((a, b) => rank(a) - rank(b))) {
      const service = serviceOf(bind);
      const rival = kept.find((other) => isOverlap(other, bind) && other.section !== bind.section);
      if (!rival || service === undefined) kept.push(bind);
      else services.set(service, rivalSentence(bind, rival));
    }
  }
  return services.size === draft.setAside.services.size ? draft : render({ ...draft.setAside, services });
}

function sentence({ port }: Bind, { errno, words }: ListenRefusal, setting: string): string {
  return `HAProxy cannot listen on port ${port} (${words}), everything else is served: ${adviceOn(errno, setting)}`;
}

function adviceOn(errno: string, setting: string): string {
  if (errno === 'EADDRINUSE') return `end the program that has it (ss -ltnp names it), or change ${setting}`;
  if (errno === 'EACCES') return `give the agent's user the right to listen there, or change ${setting}`;
  return 'give this host that address, or correct bind_ip';
}

function rivalSentence({ spec }: Bind, rival: Bind): string {
  const place = spec === rival.spec ? spec : `${spec}, which overlaps ${rival.spec},`;
  return `HAProxy would listen on ${place} for \`${rival.section}\` as well, which has it already`;
}
