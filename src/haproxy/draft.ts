import type { CatalogSnapshot, DepartureReader } from '../catalog/reader.js';
import type { Millis } from '../lib/ports.js';
import type { Result } from '../lib/result.js';
import type { HaproxyFault } from './fault.js';
import { buildModel, type HostView, type ProxyModel } from './model.js';
import { sanitizeName } from './names.js';
import { renderOptionsOf, type HaproxyOptions } from './options.js';
import type { Listening, Processes } from './ports.js';
import type { Complaint } from './problems.js';
import { renderConfig } from './render.js';
import type { LoadedTemplate } from './template-file.js';

/** What a configuration does without, each with its reason, because it could not be loaded with it. */
export interface SetAside {
  readonly servicePorts: ReadonlyMap<number, string>;
  /** By name. */
  readonly services: ReadonlyMap<string, string>;
  readonly statsPage: string | undefined;
}

export const NOTHING_ASIDE: SetAside = { servicePorts: new Map(), services: new Map(), statsPage: undefined };

/** What decides on what is served beside the catalog, the template and the settings. */
export interface Surroundings extends Pick<HostView, 'holders' | 'unresolved' | 'isHeld'> {
  /** Where HAProxy finds which servers its checks found down; empty = nowhere. */
  readonly serverStateFile: string;
}

/** What a host is that knows nothing but its catalog. */
export const NO_SURROUNDINGS: Surroundings = {
  holders: new Map(),
  unresolved: new Set(),
  isHeld: () => false,
  serverStateFile: '',
};

/** Whether an instance is out of sight, for less than `staleHoldMs`. */
export const heldFor =
  (departures: DepartureReader, staleHoldMs: Millis): HostView['isHeld'] =>
  (hostname, id) => {
    const lostMs = departures.outOfSightForMs(hostname, id);
    return lostMs !== undefined && lostMs < staleHoldMs;
  };

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

/** What the catalog says, but for what is set aside. */
export function modelOf(
  snapshot: CatalogSnapshot,
  options: HaproxyOptions,
  around: Surroundings,
  setAside: SetAside,
  { listening }: Pick<DraftDeps, 'listening'>,
): ProxyModel {
  const host: HostView = {
    ...around,
    hostname: options.hostname,
    addresses: listening.addresses(),
    setAside: setAside.servicePorts,
    setAsideServices: setAside.services,
  };
  return buildModel(snapshot, options, host);
}

/** Renders what the catalog says, but for what is set aside. */
export function draftOf(
  snapshot: CatalogSnapshot,
  { template }: Pick<LoadedTemplate, 'template'>,
  options: HaproxyOptions,
  around: Surroundings,
  setAside: SetAside,
  deps: DraftDeps,
): Draft {
  const model = modelOf(snapshot, options, around, setAside, deps);
  if (!template.ok) return { model, setAside, text: template };
  const statsBind = setAside.statsPage === undefined ? options.statsBind : '';
  const { serverStateFile } = around;
  const renderOptions = { ...renderOptionsOf(options, deps.processes), statsBind, serverStateFile };
  return { model, setAside, text: renderConfig(template.value, model, renderOptions, snapshot.lastChanged) };
}

/** Which section of the built-in template each service has on each ServicePort; custom templates mostly keep these names. */
export const proxiesOf = ({
  services,
}: ProxyModel): readonly { readonly proxy: string; readonly service: string; readonly servicePort: number }[] =>
  services.flatMap(({ name, ports }) =>
    ports.map(({ servicePort }) => ({ proxy: `${sanitizeName(name)}-${servicePort}`, service: name, servicePort })),
  );

/** The stats page as a problem, when it is set aside. Services are among the findings of the model. */
export function statsComplaint({ setAside }: Draft, statsBind: string): readonly Complaint[] {
  const message = setAside.statsPage;
  return message === undefined ? [] : [{ code: 'STATS_BIND_UNAVAILABLE', subject: statsBind, message }];
}

/** The same text for the same parts set aside; empty for none. */
export const asideKey = ({ servicePorts, services, statsPage }: SetAside): string =>
  [...servicePorts.keys(), ...services.keys(), ...(statsPage === undefined ? [] : ['stats'])].join(' ');
