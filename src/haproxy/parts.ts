import { dirname, join } from 'node:path';
import type { CatalogReader, DepartureReader } from '../catalog/reader.js';
import type { Logger } from '../lib/logger.js';
import type { Millis, WallClock } from '../lib/ports.js';
import type { ProblemBoard } from '../lib/problems.js';
import { Applying, type OnServed } from './applying.js';
import { Attempts } from './attempts.js';
import { isDeadServer } from './catalog-names.js';
import { Deployment } from './deployment.js';
import { Diary, type ProxyNews } from './diary.js';
import { Drafts } from './drafts.js';
import type { HaproxyFault } from './fault.js';
import { Figures } from './figures.js';
import { HaproxyProcess, type ProcessDeps } from './haproxy-process.js';
import { Hostnames, type LookupHost } from './hostnames.js';
import { OldProcesses } from './old-processes.js';
import type { HaproxyOptions } from './options.js';
import type { Listening } from './ports.js';
import { Complaints } from './problems.js';
import type { ProxyMemory } from './proxy-memory.js';
import { Rollout } from './rollout.js';
import { RuntimeApi } from './runtime-api/runtime-api.js';
import { ServedConfigs } from './served-configs.js';
import { SetAsideMemory } from './set-aside-memory.js';
import { Supervisor } from './supervisor.js';
import { TemplateFile } from './template-file.js';
import { Upkeep } from './upkeep.js';

/** What the room needs of the others. */
export interface PartsDeps extends ProcessDeps {
  readonly catalog: CatalogReader;
  readonly departures: DepartureReader;
  readonly memory: ProxyMemory;
  readonly listening: Listening;
  readonly lookup: LookupHost;
  /** Is told of each change that HAProxy has now: milliseconds from its arrival. */
  readonly onApplied: (tookMs: Millis) => void;
  /** Is told of each state of the catalog that HAProxy has come to serve. */
  readonly onServed?: OnServed | undefined;
  /** Is told of all that happens to HAProxy. */
  readonly onNews?: (news: ProxyNews) => void;
  readonly wall: WallClock;
  readonly log: Logger;
  readonly problems: ProblemBoard;
}

/** Every part of the room, each with only what it needs. Nothing runs yet. */
export type Parts = ReturnType<typeof assemble>;

/**
 * @param on.file    the file has caught up with what HAProxy runs, or cannot
 * @param on.address a host name has another address now
 */
export function assemble(
  given: HaproxyOptions,
  deps: PartsDeps,
  on: { readonly file: () => void; readonly address: () => void },
) {
  const pidFile = given.pidFile === '' ? join(dirname(given.configFile), 'haproxy.pid') : given.pidFile;
  const options = { ...given, pidFile };
  const { clock, wall, log, memory } = deps;
  const process = new HaproxyProcess(options, deps);
  const deployment = new Deployment(options, { ...deps, process, onFile: on.file });
  const start = (signal: AbortSignal): Promise<HaproxyFault | undefined> => deployment.start(signal);
  const supervisor = new Supervisor(options.supervise, { ...deps, process, start });
  const isRunning = (): boolean => supervisor.isServing();
  const hostnames = new Hostnames({ lookup: deps.lookup, clock, onChange: on.address });
  const resolve = (host: string): string | undefined => hostnames.addressOf(host);
  const runtime = runtimeApiOf(options, deps);
  const complaints = {
    apply: new Complaints(deps),
    start: new Complaints(deps),
    findings: new Complaints(deps),
    file: new Complaints(deps),
    runtime: new Complaints(deps),
  };
  const attempts = new Attempts(options.reloadIntervalMs);
  const figures = new Figures(deps.onApplied);
  const setAside = new SetAsideMemory();
  const old = new OldProcesses(options, deps);
  const upkeep = new Upkeep({ deployment, runtime, process, old, figures, resolve, clock, wall, log });
  const drafts = new Drafts(options, { ...deps, deployment, hostnames, setAside });
  const rollout = new Rollout({
    ...{ deployment, drafts, attempts, runtime, resolve, isRunning, figures, clock, wall, log },
  });
  const applying = new Applying(options, {
    ...{ rollout, drafts, attempts, figures, memory, complaints, isRunning, clock, wall, log },
    onServed: deps.onServed,
  });
  const template = new TemplateFile(options.templateFile, deps.files);
  const configs = new ServedConfigs(wall);
  const diary = new Diary({ deployment, figures, supervisor }, (news) => {
    configs.note(news);
    deps.onNews?.(news);
  });
  return {
    ...{ options, process, deployment, supervisor, hostnames, resolve, runtime, complaints, attempts },
    ...{ figures, setAside, old, upkeep, drafts, applying, template, configs, diary },
  };
}

function runtimeApiOf(
  { useRuntimeApi, runtimeSocket, drainTimeoutMs, drainTimeoutTcpMs }: HaproxyOptions,
  { askSocket, catalog, clock }: PartsDeps,
): RuntimeApi | undefined {
  if (!useRuntimeApi || runtimeSocket === '') return undefined;
  const isDead = (_: string, server: string): boolean => isDeadServer(catalog.snapshot(), server);
  return new RuntimeApi({ socket: runtimeSocket, drainTimeoutMs, drainTimeoutTcpMs }, { askSocket, clock, isDead });
}
