import { inflateRawSync } from 'node:zlib';
import { recordText, serviceText } from '../service/codec.js';
import { decodeWholeState, encodeState, type State } from '../service/state-codec.js';
import { objectOf } from './entry.js';
import type { Deflate, Turn } from './ports.js';

/** A configuration that HAProxy had. */
export interface KeptConfig {
  /** As `/api/proxy` names it. */
  readonly digest: string;
  readonly text: string;
}

/** What is known at one moment besides the catalog. */
export interface Surroundings {
  /** Undefined where there is none, or before it was read. */
  readonly template: string | undefined;
  /** The effective configuration of the agent, its secrets masked. */
  readonly settings: string;
}

/** What was believed at one moment. */
export interface Belief extends Surroundings {
  readonly catalog: State;
  /** Undefined before it is known what HAProxy has. */
  readonly config: KeptConfig | undefined;
}

/** The text of a snapshot; far more than the largest catalog and configuration need. */
const MAX_TEXT_BYTES = 256 * 1024 * 1024;
/** Between the catalog and what comes before it; no JSON text has one that is not escaped. */
const SEPARATOR = '\n';
/** Records that are written before gossip has its turn. */
const RECORDS_PER_TURN = 250;

/**
 * What was believed when a segment began. To take it costs nothing, since all of it is immutable; a large catalog takes its time to
 * be packed, which can wait and be interrupted.
 */
export class Snapshot {
  /** @param form as it is, or packed before, perhaps by an earlier process */
  constructor(private form: Belief | Buffer) {}

  /** Undefined until it was packed. */
  get packed(): Buffer | undefined {
    return Buffer.isBuffer(this.form) ? this.form : undefined;
  }

  /** In memory, roughly: until it is packed the catalog has most of it as well. */
  get bytes(): number {
    return Buffer.isBuffer(this.form) ? this.form.length : (this.form.config?.text.length ?? 0);
  }

  async pack(deflate: Deflate, turn: Turn): Promise<void> {
    if (Buffer.isBuffer(this.form)) return;
    await writeRecords(this.form.catalog, turn);
    this.form = await deflate(textOf(this.form));
  }

  /** @returns undefined for what is no snapshot */
  belief(): Belief | undefined {
    return Buffer.isBuffer(this.form) ? unpacked(this.form) : this.form;
  }
}

/** A record is written once in its life, and the text kept: with all of them written what is left to do at once is little. */
async function writeRecords({ servers }: State, turn: Turn): Promise<void> {
  let written = 0;
  for (const { services } of servers.values())
    for (const record of services.values()) {
      serviceText(record);
      written += 1;
      if (written % RECORDS_PER_TURN === 0) await turn();
    }
}

const textOf = ({ catalog, ...facts }: Belief): string =>
  `${JSON.stringify(facts)}${SEPARATOR}${encodeState(catalog, recordText)}`;

function unpacked(bytes: Uint8Array): Belief | undefined {
  const [facts = '', catalog = ''] = inflated(bytes).split(SEPARATOR);
  const { config, template, settings } = objectOf(facts) ?? {};
  const read = decodeWholeState(catalog);
  if (!read.ok || read.value.faults.length > 0 || typeof settings !== 'string') return undefined;
  return {
    catalog: read.value.state,
    config: configOf(config),
    template: typeof template === 'string' ? template : undefined,
    settings,
  };
}

function inflated(bytes: Uint8Array): string {
  try {
    return inflateRawSync(bytes, { maxOutputLength: MAX_TEXT_BYTES }).toString('utf8');
  } catch {
    return ''; // which is no snapshot
  }
}

function configOf(value: unknown): KeptConfig | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { digest, text }: { readonly digest?: unknown; readonly text?: unknown } = value;
  return typeof digest === 'string' && typeof text === 'string' ? { digest, text } : undefined;
}
