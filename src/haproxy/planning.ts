import { createTwoFilesPatch } from 'diff';
import type { CatalogSnapshot } from '../catalog/reader.js';
import type { Deployment } from './deployment.js';
import type { Drafts } from './drafts.js';
import type { HaproxyFault } from './fault.js';
import type { Finding } from './finding.js';
import { parseConfig } from './plan/parse-config.js';
import { planOf, type ReloadReason, type ServerChange } from './plan/plan.js';
import type { RuntimeApi } from './runtime-api/runtime-api.js';
import type { LoadedTemplate } from './template-file.js';

/** What another template would do to HAProxy. */
export interface Planned {
  readonly kind: 'nothing' | 'runtime' | 'reload' | 'refused';
  readonly changes: readonly ServerChange[];
  readonly reasons: readonly ReloadReason[];
  /** The lines that would be sent to HAProxy. */
  readonly commands: readonly string[];
  /** As `diff -u` prints it; at most `MAX_DIFF_CHARACTERS`. */
  readonly diff: string;
  readonly findings: readonly Finding[];
  /** Why nothing of it would be applied. */
  readonly fault: HaproxyFault | undefined;
}

const MAX_DIFF_CHARACTERS = 100_000;
/** Texts that have so little in common are shown as one taken out and one put in. */
const MAX_EDITS = 5_000;
const NOTHING = { changes: [], reasons: [], commands: [] } as const;

/** Renders the catalog with a template, compares that with what HAProxy runs, and has HAProxy verify it. Applies nothing. */
export async function planWith(
  template: LoadedTemplate,
  snapshot: CatalogSnapshot,
  parts: {
    readonly deployment: Deployment;
    readonly drafts: Drafts;
    readonly runtime: RuntimeApi | undefined;
    readonly resolve: (host: string) => string | undefined;
  },
  signal: AbortSignal,
): Promise<Planned> {
  const { deployment, drafts, resolve, runtime } = parts;
  const { model, text } = drafts.preview({ snapshot, template, isNewTemplate: false });
  const findings = [...model.leftOut, ...model.remarks];
  if (!text.ok) return { ...NOTHING, kind: 'refused', diff: '', findings, fault: text.fault };
  const { running } = deployment;
  const diff = diffOf(running?.text ?? '', text.value);
  const fault = await deployment.verify(text.value, signal);
  if (fault) return { ...NOTHING, kind: 'refused', diff, findings, fault };
  const about = { diff, findings, fault: undefined };
  if (!running) {
    const reason: ReloadReason = { cause: 'not-running', text: 'no HAProxy of ours runs' };
    return { ...NOTHING, ...about, kind: 'reload', reasons: [reason] };
  }
  const next = parseConfig(text.value, running.config);
  const plan = planOf(running.config, next);
  if (plan.kind === 'nothing') return { ...NOTHING, ...about, kind: 'nothing' };
  if (plan.kind === 'reload') return { ...NOTHING, ...about, kind: 'reload', reasons: plan.reasons };
  const { changes } = plan;
  const off: ReloadReason = { cause: 'runtime-api-off', text: 'servers change, and the Runtime API is not used' };
  const objection = runtime ? runtime.wouldAccept(changes, next) : off;
  if (objection) return { ...NOTHING, ...about, kind: 'reload', changes, reasons: [objection] };
  return { ...NOTHING, ...about, kind: 'runtime', changes, commands: runtime?.preview(changes, next, resolve) ?? [] };
}

function diffOf(before: string, after: string): string {
  if (before === after) return '';
  const patch =
    createTwoFilesPatch('running', 'planned', before, after, '', '', { context: 2, maxEditLength: MAX_EDITS }) ??
    `${prefixed('-', before)}${prefixed('+', after)}`;
  if (patch.length <= MAX_DIFF_CHARACTERS) return patch;
  const cut = patch.slice(0, patch.lastIndexOf('\n', MAX_DIFF_CHARACTERS) + 1);
  return `${cut}… the rest of ${patch.length} characters is not shown\n`;
}

const prefixed = (sign: string, text: string): string => text.replace(/^(?=.)/gm, sign);
