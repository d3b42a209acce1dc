import type { CatalogSnapshot } from '../catalog/reader.js';
import { refused, type Result } from '../lib/result.js';
import { bindsOf, type Bind } from './binds.js';
import type { HaproxyFault } from './fault.js';
import { buildModel, type ProxyModel } from './model.js';
import { sanitizeName } from './names.js';
import { renderOptionsOf, type HaproxyOptions } from './options.js';
import type { Holds, Listening, ListenRefusal, Processes } from './ports.js';
import type { Complaint } from './problems.js';
import { renderConfig } from './render.js';
import type { LoadedTemplate } from './template-file.js';

/** What a configuration does without, each with its reason, because it could not be loaded with it. */
export interface SetAside {
  readonly servicePorts: ReadonlyMap<number, string>;
  readonly statsPage: string | undefined;
}

export const NOTHING_ASIDE: SetAside = { servicePorts: new Map(), statsPage: undefined };

/** What should be served now: the catalog as a model, and the model as a file. */
export interface Draft {
  readonly model: ProxyModel;
  readonly setAside: SetAside;
  readonly text: Result<string, HaproxyFault>;
}

export interface DraftDeps {
  readonly processes: Pick<Processes, 'runsAsRoot' | 'fileLimit'>;
  readonly listening: Listening;
}

/** Renders what the catalog says, but for what is set aside. */
export function draftOf(
  snapshot: CatalogSnapshot,
  { template }: Pick<LoadedTemplate, 'template'>,
  options: HaproxyOptions,
  setAside: SetAside,
  { processes, listening }: DraftDeps,
): Draft {
  const host = { addresses: listening.addresses(), setAside: setAside.servicePorts };
  const model = buildModel(snapshot, options, host);
  if (!template.ok) return { model, setAside, text: template };
  const renderOptions = renderOptionsOf(options, processes);
  const statsBind = setAside.statsPage === undefined ? options.statsBind : '';
  const text = renderConfig(template.value, model, { ...renderOptions, statsBind }, snapshot.lastChanged);
  return { model, setAside, text };
}

/** Setting a port aside can bring another to light, whose rival it was: so often it may. */
const MAX_ROUNDS = 5;

/**
 * The draft without what HAProxy could not listen on. `haproxy -c` does not bind, and while a new HAProxy tries a busy port
 * again and again the old one serves nobody: each address is tried before it comes to that.
 *
 * @param render renders the catalog with these parts set aside
 * @param holds  whether the running HAProxy listens on a place, and hands it to its successor
 */
export async function bindableDraft(
  render: (setAside: SetAside) => Draft,
  options: Pick<HaproxyOptions, 'configFile' | 'statsBind'>,
  holds: Holds,
  listening: Pick<Listening, 'tryListen'>,
): Promise<Draft> {
  const free = new Set<string>();
  let draft = render(NOTHING_ASIDE);
  for (let round = 1; draft.text.ok; round += 1) {
    const untried = bindsOf(draft.text.value).filter((bind) => !holds(bind) && !free.has(bind.spec));
    const blocked = await blockedOf(untried, listening);
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
    draft = render(next);
  }
  return draft;
}

interface Blocked {
  readonly bind: Bind;
  readonly refusal: ListenRefusal;
}

async function blockedOf(binds: readonly Bind[], { tryListen }: Pick<Listening, 'tryListen'>): Promise<Blocked[]> {
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
  const byProxy = new Map<string, number>();
  const ports = new Set<number>();
  for (const { name, ports: proxied } of model.services) {
    for (const { servicePort } of proxied) {
      byProxy.set(`${sanitizeName(name)}-${servicePort}`, servicePort);
      ports.add(servicePort);
    }
  }
  const servicePorts = new Map(setAside.servicePorts);
  let { statsPage } = setAside;
  for (const { bind, refusal } of blocked) {
    const servicePort = byProxy.get(bind.proxy) ?? (ports.has(bind.port) ? bind.port : undefined);
    const isStats = bind.spec === stats && statsPage === undefined;
    if (servicePort !== undefined) servicePorts.set(servicePort, sentence(bind, refusal, 'its ServicePort'));
    else if (isStats) statsPage = sentence(bind, refusal, 'stats_bind');
    else return { stranger: { bind, refusal } };
  }
  return { servicePorts, statsPage };
}

function sentence({ port }: Bind, { errno, words }: ListenRefusal, setting: string): string {
  return `HAProxy cannot listen on port ${port} (${words}), everything else is served: ${adviceOn(errno, setting)}`;
}

function adviceOn(errno: string, setting: string): string {
  if (errno === 'EADDRINUSE') return `end the program that has it (ss -ltnp names it), or change ${setting}`;
  if (errno === 'EACCES') return `give the agent's user the right to listen there, or change ${setting}`;
  return 'give this host that address, or correct bind_ip';
}

/** The stats page as a problem, when it is set aside. Services are among the findings of the model. */
export function statsComplaint({ setAside }: Draft, statsBind: string): readonly Complaint[] {
  const message = setAside.statsPage;
  return message === undefined ? [] : [{ code: 'STATS_BIND_UNAVAILABLE', subject: statsBind, message }];
}

/** The same text for the same parts set aside; empty for none. */
export const asideKey = ({ servicePorts, statsPage }: SetAside): string =>
  [...servicePorts.keys(), ...(statsPage === undefined ? [] : ['stats'])].join(' ');
