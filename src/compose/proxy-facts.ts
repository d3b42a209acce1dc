import { join } from 'node:path';
import type { CatalogReader, DepartureReader } from '../catalog/reader.js';
import { sentenceOf } from '../haproxy/fault.js';
import type { Finding } from '../haproxy/finding.js';
import type { HaproxyManager } from '../haproxy/manager.js';
import type { Planned } from '../haproxy/planning.js';
import type { ServerChange } from '../haproxy/plan/plan.js';
import { complaintOf, ROOM } from '../haproxy/problems.js';
import type { HaproxyStatus, StalePort } from '../haproxy/status.js';
import { candidateTemplate, type LoadedTemplate } from '../haproxy/template-file.js';
import type {
  PlanAnswer,
  PlanCandidate,
  PlanFinding,
  PlannedChange,
  ProxyFacts,
  ProxyStatus,
  SetAsideService,
  StaleService,
} from '../http/proxy.js';
import type { WallClock } from '../lib/ports.js';
import type { ProblemBoard } from '../lib/problems.js';
import { nsFromMs } from '../service/timestamp.js';

interface ProxyFactsDeps {
  readonly haproxy: Pick<HaproxyManager, 'status' | 'plan'>;
  readonly catalog: CatalogReader;
  readonly departures: DepartureReader;
  readonly problems: ProblemBoard;
  /** Empty = there is no folder of templates. */
  readonly templateDir: string;
  /** Rejects for what cannot be read; undefined when there is no such file. */
  readonly readFile: (path: string) => Promise<string | undefined>;
  readonly now: () => number;
  readonly wall: WallClock;
}

/** What is left out so that everything else can be served; other findings are of records that nobody could serve. */
export const SET_ASIDE: ReadonlySet<string> = new Set<Finding['code']>([
  'SERVICE_SET_ASIDE',
  'SERVICE_PORT_UNAVAILABLE',
  'SERVICE_PORT_TAKEN',
  'SERVICE_PORT_RESERVED',
  'PROXY_NAME_TAKEN',
  'HOSTNAME_UNRESOLVED',
]);

/** What HTTP tells of HAProxy, from what the room that drives it knows. */
export function proxyFacts(deps: ProxyFactsDeps): ProxyFacts {
  return {
    facts: () => factsOf(deps.haproxy.status(), deps),
    plan: async (candidate) => {
      const template = await templateOf(candidate, deps);
      return template === 'unknown-template' ? template : answerOf(await deps.haproxy.plan(template));
    },
  };
}

function factsOf(status: HaproxyStatus, deps: ProxyFactsDeps): ProxyStatus {
  const { running, pids, notices, runtimeApi, lastError, drift, lastDrift, behind } = status;
  const now = deps.now();
  return {
    running,
    pids,
    oldProcesses: status.oldProcesses.map(({ pid, startedMs }) => ({ pid, since: nsFromMs(startedMs) })),
    endedOldProcesses: status.endedOldProcesses,
    config: {
      path: status.configPath,
      diskDigest: status.diskDigest,
      runtimeDigest: status.runtimeDigest,
      verified: status.diskDigest !== undefined,
      behind,
    },
    catalogVersion: { applied: status.appliedVersion, current: deps.catalog.snapshot().contentVersion },
    viewHash: status.viewHash,
    lastApply: status.lastApply && { ...status.lastApply, tookMs: Math.round(status.lastApply.tookMs * 1_000) / 1_000 },
    reloads: {
      total: status.reloads,
      byCause: Object.fromEntries(status.reloadsByCause),
      last: status.lastReload,
    },
    operations: status.operations,
    failures: Object.fromEntries(status.failures),
    retiring: status.retiring.map(({ backend, name, since, sessions }) => ({
      backend,
      server: name,
      sinceMs: now - since,
      sessions,
    })),
    faults: deps.problems
      .list()
      .filter(({ room, subject }) => room === ROOM && subject === '')
      .map(({ code, message, sinceNs }) => ({ code, message, since: sinceNs })),
    setAside: status.leftOut.flatMap((finding) => setAsideOf(finding, deps)),
    stale: status.stale.map((port) => staleOf(port, deps)),
    drift: { ...drift, last: lastDrift },
    notices,
    runtimeApi: {
      socket: runtimeApi.socket,
      available: runtimeApi.fault === undefined,
      version: runtimeApi.version,
      fault: runtimeApi.fault,
    },
    lastError,
  };
}

function setAsideOf(finding: Finding, { problems, wall }: ProxyFactsDeps): readonly SetAsideService[] {
  const { service, servicePort, code, message } = finding;
  if (!SET_ASIDE.has(code)) return [];
  const { subject } = complaintOf(finding);
  const problem = problems.list().find((each) => each.room === ROOM && each.code === code && each.subject === subject);
  return [{ service, servicePort, code, message, since: problem?.sinceNs ?? wall.nowNs() }];
}

function staleOf({ service, servicePort, servers }: StalePort, { departures }: ProxyFactsDeps): StaleService {
  const ages = servers.map(({ hostname, id }) => departures.outOfSightForMs(hostname, id) ?? 0);
  return { service, servicePort, servers: servers.length, sinceMs: Math.max(0, ...ages) };
}

/** @returns undefined for the template in use */
async function templateOf(
  candidate: PlanCandidate,
  { readFile, templateDir }: ProxyFactsDeps,
): Promise<LoadedTemplate | undefined | 'unknown-template'> {
  if (candidate.kind === 'current') return undefined;
  if (candidate.kind === 'text') return candidateTemplate('candidate', candidate.text);
  if (templateDir === '') return 'unknown-template';
  const path = join(templateDir, candidate.name);
  try {
    const text = await readFile(path);
    return text === undefined ? 'unknown-template' : candidateTemplate(path, text);
  } catch {
    return 'unknown-template'; // a folder, a device, or nothing that we may read
  }
}

function answerOf({ kind, changes, reasons, commands, diff, findings, fault }: Planned): PlanAnswer {
  return {
    kind,
    changes: changes.map(plannedOf),
    reasons,
    commands,
    diff,
    findings: findings.map(({ service, instance, servicePort, code, message }): PlanFinding => ({
      ...{ service, instance, servicePort, code, message },
    })),
    verified: fault ? { ok: false, code: fault.code, message: sentenceOf(fault) } : { ok: true },
  };
}

function plannedOf(change: ServerChange): PlannedChange {
  const { kind, backend, server } = change;
  const place = `${server.host}${server.port === undefined ? '' : `:${server.port}`}`;
  const about = { kind, backend, server: server.name };
  if (kind !== 'set') return { ...about, detail: `${place} weight ${server.weight}` };
  const { before } = change;
  const details = change.what.map((aspect) => {
    if (aspect === 'address') return `${before.host}:${before.port ?? ''} -> ${place}`;
    if (aspect === 'admin') return server.disabled ? 'disabled' : 'enabled';
    return `weight ${before.weight} -> ${server.weight}`;
  });
  return { ...about, detail: [...new Set(details)].join(', ') };
}
