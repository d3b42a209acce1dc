import { portTakenTwice, tokenTwice, type Rule } from './consistency.js';
import type { Finding } from './finding.js';
import { flagsOf, type DescribedFlag } from './flags.js';
import { API_ROWS, type ApiSettings } from './haproxy-api-table.js';
import type { LoadInput, LoadResult } from './load.js';
import { readTokenFile } from './named-files.js';
import { apiOwnAddresses } from './own-ports.js';
import { resolve, type Sources } from './resolve.js';
import { EMPTY, readTomlFile } from './toml-file.js';
import { weigh, type SourcedValue } from './weigh.js';
import { notManaged } from './worth-knowing.js';

/** What haproxy-api runs on. */
export interface ApiConfig {
  readonly settings: ApiSettings;
  /** Every setting once more by `table.key`, with where it came from. */
  readonly sourced: ReadonlyMap<string, SourcedValue>;
  /** The file that was read; undefined when there is none. */
  readonly file: string | undefined;
  /** Of `haproxy_api.token` or the file of `haproxy_api.token_file`; undefined when neither is given. */
  readonly token: string | undefined;
}

const DEFAULT_FILE = 'haproxy-api.toml';
const FILE_VARIABLE = 'HAPROXY_API_CONFIG_FILE';

/** Every flag of haproxy-api. */
export const API_FLAGS: readonly DescribedFlag[] = [
  {
    name: 'config-file',
    short: 'f',
    value: 'FILE',
    takes: 'value',
    variables: [FILE_VARIABLE],
    help: `the configuration; ${DEFAULT_FILE} unless given`,
  },
  ...flagsOf(API_ROWS),
  { name: 'check-config', takes: 'nothing', variables: [], help: 'check and print the configuration, then end' },
  { name: 'help', takes: 'nothing', variables: [], help: 'this' },
  { name: 'help-long', takes: 'nothing', variables: [], help: 'this and every setting' },
  { name: 'version', takes: 'nothing', variables: [], help: 'the version' },
];

const RULES: readonly Rule<ApiSettings>[] = [
  {
    about: ['haproxy_api.token', 'haproxy_api.token_file'],
    check: ({ haproxyApi }) => tokenTwice('haproxy_api', haproxyApi),
  },
  {
    about: ['haproxy_api.bind_ip', 'haproxy_api.bind_port', 'haproxy.stats_bind'],
    check: (settings) => portTakenTwice(apiOwnAddresses(settings)),
  },
];

/**
 * Weighs flags, environment, file and defaults, in this order. A missing file is only worth a warning, since everything can be said
 * by variables (contract section 10.2); one that cannot be read stops the start.
 */
export function loadApiSettings({ flags, env, readFile }: Omit<LoadInput, 'hostname'>): LoadResult<ApiConfig> {
  const asked = flags.values.get('config-file');
  const filePath = typeof asked === 'string' ? asked : env[FILE_VARIABLE] || DEFAULT_FILE;
  const read = readTomlFile(filePath, { rows: API_ROWS, variable: FILE_VARIABLE }, readFile);
  const isMissing = !read.ok && read.fault.code === 'CONFIG_NOT_FOUND';
  const document = read.ok ? read.value : EMPTY;
  const sources: Sources = { flags: flags.values, env, file: document.values, filePath, defaults: 1 };
  const resolved = new Map(API_ROWS.map((row) => [row.path, resolve(row, sources)]));
  const { settings, sourced, ...said } = weigh<ApiSettings>(API_ROWS, resolved, RULES);
  const { tokenFile } = settings.haproxyApi;
  const file = readTokenFile(tokenFile, 'haproxy_api.token_file', readFile);

  const fileFaults = read.ok || isMissing ? [] : [read.fault];
  const problems = [...flags.problems, ...fileFaults, ...document.problems, ...said.problems, ...file.findings];
  const warnings = [...(isMissing ? [read.fault] : []), ...document.warnings, ...said.warnings];
  if (problems.length > 0) return { ok: false, problems, warnings };
  return {
    ok: true,
    warnings: [...warnings, ...worthKnowing(settings)],
    config: {
      settings,
      sourced,
      file: read.ok ? filePath : undefined,
      token: settings.haproxyApi.token ?? file.token,
    },
  };
}

function worthKnowing({ haproxyApi, haproxy, sidecar }: ApiSettings): readonly Finding[] {
  const findings: Finding[] = [];
  if (haproxyApi.follow.length === 0 && sidecar.stateUrl === undefined) {
    const message =
      'neither an agent to follow (haproxy_api.follow, -F) nor sidecar.state_url is given: ' +
      'nothing is known before somebody posts a state';
    findings.push({ code: 'NO_SOURCE_OF_STATE', message });
  }
  if (haproxy.configFile === undefined) findings.push(notManaged('Name the file'));
  return findings;
}
