import type { CatalogSnapshot } from '../catalog/reader.js';
import type { HaproxyFault } from './fault.js';
import { ConfigFile } from './config-file.js';
import type { HaproxyDeps } from './manager.js';
import { buildModel, type Finding } from './model.js';
import { renderOptionsOf, type HaproxyOptions } from './options.js';
import { renderConfig } from './render.js';
import { TemplateFile } from './template-file.js';
import { verifyCandidate } from './verify.js';

export interface CheckedConfig {
  /** The rendered file; undefined when the template gives none. */
  readonly text: string | undefined;
  /** What is wrong with it; `HAPROXY_MISSING` means that nobody could verify it. */
  readonly fault: HaproxyFault | undefined;
  /** Why the built-in template is used although another is configured. */
  readonly notice: string | undefined;
  readonly findings: readonly Finding[];
}

/**
 * Renders a catalog as the agent would and has HAProxy verify it, leaving `config_file` alone.
 *
 * @param scratch path of a file that may be written, and removed again, for HAProxy to read
 */
export async function checkConfig(
  snapshot: CatalogSnapshot,
  options: HaproxyOptions,
  scratch: string,
  deps: Pick<HaproxyDeps, 'files' | 'processes' | 'run' | 'log'>,
): Promise<CheckedConfig> {
  const model = buildModel(snapshot, options);
  const findings = [...model.leftOut, ...model.remarks];
  const { template, notice } = await new TemplateFile(options.templateFile, deps.files).current();
  const rendered = template.ok
    ? renderConfig(template.value, model, renderOptionsOf(options, deps.processes), snapshot.lastChanged)
    : template;
  if (!rendered.ok) return { text: undefined, fault: rendered.fault, notice, findings };
  const file = new ConfigFile(scratch, deps);
  const fault = (await file.stage(rendered.value)) ?? (await verifyCandidate(file.candidate, options, deps));
  const left = await file.discard();
  return { text: rendered.value, fault: fault ?? left, notice, findings };
}
