import { readFileSync } from 'node:fs';
import { buildModel, type HostView, type ModelOptions } from '../../../src/haproxy/model.js';
import { renderConfig, type RenderOptions } from '../../../src/haproxy/render.js';
import { compileTemplate, type Template } from '../../../src/haproxy/template.js';
import type { Service } from '../../../src/service/service.js';
import { snapshotOf } from './snapshots.js';

export const builtInText = readFileSync('templates/haproxy.cfg.hbs', 'utf8');

/** A host without a network interface, on which nothing is in the way. */
export const noHost: HostView = {
  hostname: '',
  addresses: [],
  setAside: new Map(),
  setAsideServices: new Map(),
  holders: new Map(),
  unresolved: new Set(),
  isHeld: () => false,
};

export function compiled(text: string): Template {
  const result = compileTemplate('t.hbs', text);
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
}

export const defaults: RenderOptions & ModelOptions = {
  bindIp: '10.79.0.1',
  user: '',
  group: '',
  useHostnames: false,
  runtimeSocket: '/var/run/haproxy_stats.sock',
  statsBind: '127.0.0.1:3212',
  fileLimit: undefined,
  hardStopAfterMs: 600_000,
  serverStateFile: '',
  staleHoldMs: 300_000,
  ownPorts: new Map([[7777, 'HTTP API']]),
};

export const builtIn = compiled(builtInText);

/** What the built-in template, or another, makes of these records. */
export function rendered(
  services: readonly Service[],
  overrides: Partial<typeof defaults> = {},
  template = builtIn,
  host = noHost,
): string {
  const options = { ...defaults, ...overrides };
  const result = renderConfig(
    template,
    buildModel(snapshotOf(services), options, host),
    options,
    1_700_000_000_000_000_000n,
  );
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
}
