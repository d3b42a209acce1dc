import type { CatalogSnapshot } from '../catalog/reader.js';
import type { HaproxyFault } from './fault.js';
import { ConfigFile } from './config-file.js';
import { draftOf, NO_SURROUNDINGS, NOTHING_ASIDE } from './draft.js';
import type { HaproxyDeps } from './manager.js';
import type { Finding } from './finding.js';
import type { HaproxyOptions } from './options.js';
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
  deps: Pick<HaproxyDeps, 'files' | 'processes' | 'listening' | 'run' | 'log'>,
): Promise<CheckedConfig> {
  const loaded = await new TemplateFile(options.templateFile, deps.files).current();
  const { model, text } = draftOf(snapshot, loaded, options, NO_SURROUNDINGS, NOTHING_ASIDE, deps);
  const { notice } = loaded;
  const findings = [...model.leftOut, ...model.remarks];
  if (!text.ok) return { text: undefined, fault: text.fault, notice, findings };
  const file = new ConfigFile(scratch, deps);
  const never = new AbortController().signal;
  const fault = (await file.stage(text.value)) ?? (await verifyCandidate(file.candidate, options, deps, never));
  const left = await file.discard();
  return { text: text.value, fault: fault ?? left, notice, findings };
}
