import type { TlsPair } from '../lib/tls-pair.js';
import { RULES } from './consistency.js';
import type { Finding } from './finding.js';
import type { ProgramFlags } from './flags.js';
import { boolean } from './kind.js';
import { readNamedFiles } from './named-files.js';
import { fromSystem, resolve, type Resolved, type Sources } from './resolve.js';
import { dockerCertPath, systemDocker, systemHostname, type Environment } from './system.js';
import { ROWS, type Settings } from './table.js';
import { EMPTY, readTomlFile, type ReadFile, type TomlFile } from './toml-file.js';
import { FOREIGN_VARIABLES, V2_VARIABLES } from './v2.js';
import { weigh, type SourcedValue } from './weigh.js';
import { worthKnowing } from './worth-knowing.js';

export interface LoadInput {
  readonly flags: ProgramFlags;
  readonly env: Environment;
  readonly readFile: ReadFile;
  /** The system's name of this host. */
  readonly hostname: string;
}

export interface LoadedConfig {
  readonly settings: Settings;
  /** Every setting once more by `table.key`, with where it came from. */
  readonly sourced: ReadonlyMap<string, SourcedValue>;
  /** The file that was read; undefined when v2's variables stand for it. */
  readonly file: string | undefined;
  readonly cpuProfile: boolean;
  /** Of `http.token` or the file of `http.token_file`; undefined when neither is given. */
  readonly httpToken: string | undefined;
  /** What the files of `http.tls_cert` and `http.tls_key` hold; undefined: the HTTP API is plain. */
  readonly httpTls: TlsPair | undefined;
  /** Folder of certificates when Docker is reached as its own variables say and they ask for TLS. */
  readonly dockerCertPath: string | undefined;
}

/** A configuration that can be run, or everything that is wrong with it. Warnings come with both. */
export type LoadResult<C = LoadedConfig> =
  | { readonly ok: true; readonly config: C; readonly warnings: readonly Finding[] }
  | { readonly ok: false; readonly problems: readonly Finding[]; readonly warnings: readonly Finding[] };

const DEFAULT_FILE = 'sidecar.toml';
const FILE_VARIABLE = 'SIDECAR_CONFIG_FILE';

/**
 * Weighs flags, environment, file and defaults, in this order, into one frozen object. Nothing is started, nothing is changed:
 * `readFile` is the only way out. It reads the configuration and the secret files that it names.
 */
export function loadSettings(input: LoadInput): LoadResult {
  const { flags, env, readFile } = input;
  const problems: Finding[] = [...flags.problems];
  const warnings: Finding[] = [];
  const { filePath, document, defaults } = openFile(input, problems);
  problems.push(...document.problems);
  warnings.push(...document.warnings);

  const sources: Sources = {
    flags: flags.values,
    env,
    file: document.values,
    filePath: filePath ?? DEFAULT_FILE,
    defaults,
  };
  const resolved = new Map(ROWS.map((row) => [row.path, resolve(row, sources)]));
  leaveToSystem(resolved, input);
  const cpuProfile = cpuProfileOf(input, problems);

  const { settings, sourced, ...said } = weigh<Settings>(ROWS, resolved, RULES);
  const files = readNamedFiles(settings, readFile);
  problems.push(...said.problems, ...files.findings);
  warnings.push(...said.warnings);
  if (problems.length > 0) return { ok: false, problems, warnings };
  return {
    ok: true,
    warnings: [...warnings, ...noEffect(env), ...worthKnowing(settings)],
    config: Object.freeze({
      settings,
      sourced,
      file: filePath,
      cpuProfile,
      httpToken: settings.http.token ?? files.token,
      httpTls: files.tls,
      dockerCertPath: isDockersOwn(resolved) ? dockerCertPath(env) : undefined,
    }),
  };
}

/** What `--check-config` refuses although the agent starts with it: names that nothing knows, most likely typing errors. */
export function refusedByCheck(warnings: readonly Finding[]): readonly Finding[] {
  return warnings.filter(({ code }) => code === 'UNKNOWN_KEY' || code === 'UNKNOWN_TABLE');
}

function openFile(
  { flags, env, readFile }: LoadInput,
  problems: Finding[],
): { filePath: string | undefined; document: TomlFile; defaults: 1 | 2 } {
  const asked = flags.values.get('config-file') ?? env[FILE_VARIABLE];
  const filePath = typeof asked === 'string' && asked !== '' ? asked : undefined;
  const read = readTomlFile(filePath ?? DEFAULT_FILE, { rows: ROWS, variable: FILE_VARIABLE }, readFile);
  if (read.ok) return { filePath: filePath ?? DEFAULT_FILE, document: read.value, defaults: 1 };
  const isForV2 = V2_VARIABLES.some((name) => env[name]);
  if (filePath === undefined && read.fault.code === 'CONFIG_NOT_FOUND' && isForV2)
    return { filePath, document: EMPTY, defaults: 2 };
  problems.push(read.fault);
  return { filePath, document: EMPTY, defaults: 1 };
}

const DOCKER_URL = 'docker_discovery.docker_url';

/** Fills in what is left to the system: the host's name, and Docker's address (contract section 3.8, fault 9). */
function leaveToSystem(resolved: Map<string, Resolved>, { env, hostname }: LoadInput): void {
  const name = resolved.get('sidecar.hostname');
  if (name?.value === '')
    resolved.set('sidecar.hostname', fromSystem(name, 'sidecar.hostname', systemHostname(hostname)));
  const docker = resolved.get(DOCKER_URL);
  const sources = resolved.get('sidecar.discovery')?.value;
  if (!docker || !Array.isArray(sources) || !sources.includes('docker')) return;
  if (docker.value === '' || (docker.origin.kind === 'default' && env['DOCKER_HOST']))
    resolved.set(DOCKER_URL, fromSystem(docker, DOCKER_URL, systemDocker(env)));
}

function isDockersOwn(resolved: ReadonlyMap<string, Resolved>): boolean {
  const origin = resolved.get(DOCKER_URL)?.origin;
  return origin?.kind === 'system' || (origin?.kind === 'env' && origin.name === 'DOCKER_HOST');
}

function cpuProfileOf({ flags, env }: LoadInput, problems: Finding[]): boolean {
  const flag = flags.values.get('cpuprofile');
  if (typeof flag === 'boolean') return flag;
  const parsed = boolean.fromText(env['SIDECAR_CPUPROFILE'] || 'false');
  if (parsed.ok) return parsed.value;
  for (const { code, seen, expected } of parsed.faults)
    problems.push({ code, message: `SIDECAR_CPUPROFILE in the environment is ${seen}, expected ${expected}` });
  return false;
}

/** One warning for each thing that was asked for and that no agent does. */
function noEffect(env: Environment): readonly Finding[] {
  return FOREIGN_VARIABLES.filter((variable) => env[variable]).map((name) => ({
    code: 'NOT_ACTED_ON',
    message: `${name} in the environment has no effect`,
  }));
}
