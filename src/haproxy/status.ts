import type { Timestamp } from '../service/timestamp.js';
import type { Applying } from './applying.js';
import type { Deployment } from './deployment.js';
import { sentenceOf } from './fault.js';
import type { Figures, LastApply } from './figures.js';
import type { Finding } from './finding.js';
import type { OldProcess, OldProcesses } from './old-processes.js';
import type { HaproxyOptions } from './options.js';
import { configDigest } from './plan/digest.js';
import { runtimeSentenceOf } from './runtime-api/fault.js';
import type { Retiring } from './runtime-api/retirements.js';
import type { RuntimeApi } from './runtime-api/runtime-api.js';
import type { SetAsideEntry, SetAsideMemory } from './set-aside-memory.js';
import type { Supervisor } from './supervisor.js';
import type { Upkeep } from './upkeep.js';
import { viewHashOf } from './view-hash.js';

/** What HAProxy runs, how it got there, and what is wrong. Times are wall time; counts are from the start of the agent. */
export interface HaproxyStatus {
  readonly running: boolean;
  readonly pids: readonly number[];
  readonly oldProcesses: readonly OldProcess[];
  /** Old processes that were ended because there were too many. */
  readonly endedOldProcesses: number;
  readonly configPath: string;
  /** Digest of the text in the file; undefined when there is none of ours. */
  readonly diskDigest: string | undefined;
  /** Digest of the text that HAProxy runs, loaded or brought to it by commands. */
  readonly runtimeDigest: string | undefined;
  /** Why the file is behind what HAProxy runs. */
  readonly behind: string | undefined;
  /** Content version of the catalog that HAProxy serves; undefined before the first. */
  readonly appliedVersion: number | undefined;
  /** The same on every host that serves the same; undefined before the first. */
  readonly viewHash: string | undefined;
  readonly lastApply: LastApply | undefined;
  readonly reloads: number;
  readonly reloadsByCause: ReadonlyMap<string, number>;
  readonly lastReload: Figures['lastReload'];
  readonly operations: Readonly<Record<string, number>>;
  readonly failures: ReadonlyMap<string, number>;
  readonly retiring: readonly Retiring[];
  readonly setAside: readonly SetAsideEntry[];
  readonly drift: { readonly looks: number; readonly found: number; readonly repaired: number };
  readonly lastDrift: { readonly time: Timestamp; readonly what: string } | undefined;
  readonly notices: readonly string[];
  readonly runtimeApi: {
    readonly socket: string;
    /** Why it is not used; undefined when it is. */
    readonly fault: string | undefined;
    readonly version: string | undefined;
  };
  /** The last that went wrong, even if it is over. */
  readonly lastError: { readonly time: Timestamp; readonly code: string; readonly message: string } | undefined;
  /** HAProxy's own words about the configuration that it does not accept now. */
  readonly rejected: string | undefined;
  readonly leftOut: readonly Finding[];
  readonly stale: readonly StalePort[];
}

/** A ServicePort that is served by what went out of sight. */
export interface StalePort {
  readonly service: string;
  readonly servicePort: number;
  readonly servers: readonly { readonly hostname: string; readonly id: string }[];
}

interface Parts {
  readonly applying: Applying;
  readonly deployment: Deployment;
  readonly figures: Figures;
  readonly old: OldProcesses;
  readonly runtime: RuntimeApi | undefined;
  readonly setAside: SetAsideMemory;
  readonly supervisor: Supervisor;
  readonly upkeep: Upkeep;
}

/** Gathers what the parts know of themselves. */
export function statusOf(options: HaproxyOptions, parts: Parts): HaproxyStatus {
  const { applying, deployment, figures, old, runtime, setAside, supervisor, upkeep } = parts;
  const { pids } = supervisor;
  const { runtimeFault } = upkeep;
  const { fileFault } = deployment;
  const unused = options.useRuntimeApi ? 'no runtime_socket is set' : 'use_runtime_api is false';
  const isThere = deployment.running?.hasRuntimeApi ?? true;
  const lacking = isThere ? undefined : 'the template has no `stats socket` line for runtime_socket';
  return {
    running: pids.length > 0,
    pids,
    oldProcesses: old.list,
    endedOldProcesses: old.ended,
    configPath: options.configFile,
    diskDigest: digestOf(deployment.diskText),
    runtimeDigest: digestOf(deployment.running?.text),
    behind: fileFault && sentenceOf(fileFault, true),
    appliedVersion: applying.appliedVersion,
    viewHash: applying.served && viewHashOf(applying.served.model),
    lastApply: figures.lastApply,
    reloads: figures.reloads,
    reloadsByCause: figures.reloadsByCause,
    lastReload: figures.lastReload,
    operations: runtime?.operations() ?? {},
    failures: figures.failuresByCode,
    retiring: runtime?.retiring() ?? [],
    setAside: setAside.list(),
    drift: figures.drift,
    lastDrift: figures.lastDrift,
    notices: applying.notices,
    runtimeApi: {
      socket: options.runtimeSocket,
      fault: runtime ? (lacking ?? (runtimeFault && runtimeSentenceOf(runtimeFault))) : unused,
      version: runtime?.version,
    },
    lastError: figures.lastError,
    rejected: applying.rejected,
    leftOut: applying.draft?.model.leftOut ?? [],
    stale: stalePortsOf(applying),
  };
}

const digestOf = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : configDigest(text);

function stalePortsOf({ draft }: Applying): readonly StalePort[] {
  return (draft?.model.services ?? []).flatMap(({ name: service, ports }) =>
    ports.flatMap(({ servicePort, servers }) => {
      const stale = servers
        .filter((server) => server.stale)
        .map(({ instance: { hostname, id } }) => ({ hostname, id }));
      return stale.length === 0 ? [] : [{ service, servicePort, servers: stale }];
    }),
  );
}
