import { createHash } from 'node:crypto';
import type { CatalogSnapshot } from '../catalog/reader.js';
import type { Millis } from '../lib/ports.js';
import { ok, type Result } from '../lib/result.js';
import type { TemplateFault } from './fault.js';
import { buildModel, type HostView } from './model.js';
import { renderConfig } from './render.js';
import type { Template } from './template.js';

/** Who fetches a configuration: what in it is of the place where that HAProxy runs. Texts are safe to write, empty = none. */
export interface Asker {
  /** IP address of the frontends; empty = all. */
  readonly bindIp: string;
  readonly useHostnames: boolean;
  /** Name of a file in `template_dir`; undefined = the agent's own template. */
  readonly template: string | undefined;
  /** Absolute path. */
  readonly runtimeSocket: string;
  /** `address:port`. */
  readonly statsBind: string;
  readonly user: string;
  readonly group: string;
}

/** What is the same for all who ask. */
export interface SharedRules {
  /** ServicePorts that no service may have, with what they serve. */
  readonly ownPorts: ReadonlyMap<number, string>;
  readonly staleHoldMs: Millis;
  readonly hardStopAfterMs: Millis;
}

export interface Rendition {
  readonly text: Buffer;
  /** Strong, of the bytes: the same from every agent that gives the same text. */
  readonly etag: string;
}

/**
 * The configuration for an HAProxy elsewhere, with the servers that our own has.
 *
 * The interfaces, open files and names that an asker can resolve are unknown here: what it listens on is taken for its
 * loopback and `bindIp` only, `maxconn` is the highest, and no server is left out because we cannot resolve its name.
 */
export function renditionOf(
  snapshot: CatalogSnapshot,
  template: Template,
  asker: Asker,
  rules: SharedRules,
  view: Pick<HostView, 'holders' | 'isHeld' | 'setAsideServices'>,
): Result<Rendition, TemplateFault> {
  const statsPort = Number(asker.statsBind.slice(asker.statsBind.lastIndexOf(':') + 1));
  const ownPorts = new Map(rules.ownPorts);
  if (statsPort > 0) ownPorts.set(statsPort, "HAProxy's statistics page");
  const host: HostView = { ...view, hostname: '', addresses: [], setAside: new Map(), unresolved: new Set() };
  const model = buildModel(snapshot, { ...rules, ...asker, ownPorts }, host);
  const options = { ...rules, ...asker, fileLimit: undefined, serverStateFile: '' };
  const rendered = renderConfig(template, model, options, snapshot.lastChanged);
  if (!rendered.ok) return rendered;
  const text = Buffer.from(rendered.value);
  return ok({ text, etag: `"${createHash('sha256').update(text).digest('base64url')}"` });
}
