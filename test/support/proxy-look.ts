import type { ProxyLook, ServedChange } from '../../src/http/proxy-look.js';
import { ok } from '../../src/lib/result.js';

const OWNER = { service: 'web', servicePort: 9999 };
const RESPONSES = { '1xx': 0, '2xx': 7, '3xx': 0, '4xx': 1, '5xx': 0 };
const TROUBLES = { errors: { connect: 1, response: 0 }, retries: 1, redispatches: 1 };
const BYTES = { bytesIn: 100, bytesOut: 2_000 };

const FRONTEND = {
  ...{ name: 'web-9999', status: 'OPEN', sessions: 1, sessionsTotal: 9, sessionRate: 1, requests: 8, requestRate: 2 },
  ...{ errors: 0, denied: 0, ...BYTES, responses: RESPONSES, ...OWNER },
};
const BACKEND = {
  ...{ name: 'web-9999', status: 'UP', sessions: 1, queued: 0, requests: 8, ...TROUBLES },
  ...{ responses: RESPONSES, ...OWNER },
};
const SERVER = {
  ...{ backend: 'web-9999', server: 'h1-aa', status: 'UP', weight: 100, check: 'passed', sessions: 1, requests: 8 },
  ...{ ...TROUBLES, ...BYTES, responseMs: 12, ...OWNER, host: 'h1', instance: 'aa' },
};
const TCP = { requests: null, responses: null, service: null, servicePort: null };

/** What is told of an HAProxy with a frontend of a service and one of somebody else. */
export const FIGURES = {
  ...{ time: '2026-11-22T11:10:00Z', pid: 4711, uptimeS: 61 },
  frontends: [FRONTEND, { ...FRONTEND, ...TCP, requestRate: null }],
  backends: [BACKEND, { ...BACKEND, ...TCP }],
  servers: [
    SERVER,
    {
      ...{ ...SERVER, check: null, requests: null, responseMs: null },
      ...{ service: null, servicePort: null, host: null, instance: null },
    },
  ],
};

export const CONFIG: ServedChange = {
  ...{ digest: 'b'.repeat(16), text: 'global\n', appliedAt: 1_700_000_001_000_000_000n, how: 'reload' },
  ...{ reason: 'HAProxy was reloaded: frontend added: web-9999', diff: '+global\n' },
  previous: { digest: 'a'.repeat(16), appliedAt: 1_700_000_000_000_000_000n },
};

const BODY = Buffer.from(JSON.stringify(FIGURES));

export const proxyLook = (facts: Partial<ProxyLook> = {}): ProxyLook => ({
  figures: () => Promise.resolve(ok(BODY)),
  config: () => CONFIG,
  ...facts,
});
