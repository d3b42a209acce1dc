import type { ProxyStatus } from '../../src/http/proxy.js';

/** 2026-11-22T11:10:00Z. */
const THEN = 1_795_345_800_000_000_000n;

/** An HAProxy of which all is well. */
export function proxyStatus(facts: Partial<ProxyStatus> = {}): ProxyStatus {
  return {
    running: true,
    pids: [4711],
    oldProcesses: [],
    endedOldProcesses: 0,
    config: { path: '/etc/haproxy.cfg', diskDigest: 'd1', runtimeDigest: 'd1', verified: true, behind: undefined },
    catalogVersion: { applied: 42, current: 42 },
    viewHash: '9f3a',
    lastApply: { time: THEN, tookMs: 12, how: 'runtime', reason: '2 servers added' },
    reloads: {
      total: 3,
      byCause: { forced: 1, 'section-added': 2 },
      last: { time: THEN, cause: 'section-added', reason: 'frontend added: web-8080' },
    },
    operations: { add: 10, remove: 8 },
    failures: {},
    retiring: [],
    faults: [],
    setAside: [],
    stale: [],
    drift: { looks: 120, found: 0, repaired: 0, last: undefined },
    notices: [],
    runtimeApi: { socket: '/run/haproxy.sock', available: true, version: '2.6.12', fault: undefined },
    lastError: undefined,
    ...facts,
  };
}

/** One in trouble in every way. */
export const TROUBLED: ProxyStatus = proxyStatus({
  running: false,
  pids: [],
  oldProcesses: [{ pid: 4500, since: THEN }],
  endedOldProcesses: 2,
  config: {
    path: '/etc/haproxy.cfg',
    diskDigest: 'd1',
    runtimeDigest: 'd2',
    verified: true,
    behind: 'no space left on device',
  },
  catalogVersion: { applied: undefined, current: 43 },
  viewHash: undefined,
  lastApply: undefined,
  reloads: { total: 0, byCause: {}, last: undefined },
  operations: {},
  failures: { CONFIG_REJECTED: 4 },
  retiring: [
    { backend: 'web-8080', server: 'node1-a', sinceMs: 12_000, sessions: 3 },
    { backend: 'web-8080', server: 'node1-b', sinceMs: 900, sessions: undefined },
  ],
  faults: [{ code: 'TEMPLATE_MISSING', message: 'template_file t.hbs does not exist', since: THEN }],
  setAside: [
    { service: 'bad', servicePort: 9999, code: 'CONFIG_REJECTED', message: 'HAProxy:\n\u001b[31mno', since: THEN },
    { service: 'worse', servicePort: undefined, code: 'NAME_UNSAFE', message: 'no name', since: THEN },
  ],
  stale: [{ service: 'lost', servicePort: 8081, servers: 3, sinceMs: 61_000 }],
  drift: { looks: 9, found: 2, repaired: 1, last: { time: THEN, what: 'web-8080/node1-a: weight 1 instead of 100' } },
  notices: ['the template has no option idle-close-on-response'],
  runtimeApi: { socket: '/run/haproxy.sock', available: false, version: undefined, fault: 'it is not there' },
  lastError: { time: THEN, code: 'CONFIG_REJECTED', message: 'unknown keyword' },
});
