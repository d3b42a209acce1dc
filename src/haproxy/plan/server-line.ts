import type { ServerLine } from './config.js';

/** A setting of a server with its values: `check`, `inter 2s`. */
export type ServerOption = readonly [keyword: string, ...values: string[]];

const WITHOUT_VALUE: ReadonlySet<string> = new Set(
  (
    'agent-check allow-0rtt backup check check-reuse-pool check-send-proxy check-ssl check-via-socks4 disabled enabled ' +
    'non-stick renegotiate send-proxy send-proxy-v2 send-proxy-v2-ssl send-proxy-v2-ssl-cn ssl ssl-reuse stick ' +
    'strict-maxconn tfo tls-tickets'
  ).split(' '),
);
const hasValue = (keyword: string): boolean => !WITHOUT_VALUE.has(keyword) && !/^(?:no|force)-/.test(keyword);

/** The words after the address of a server, each keyword with its value. A keyword that is unknown is taken to have one. */
export function optionsOf(words: readonly string[]): readonly ServerOption[] {
  const options: ServerOption[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const [keyword = '', value] = words.slice(at, at + 2);
    if (value === undefined || !hasValue(keyword)) options.push([keyword]);
    else {
      options.push([keyword, value]);
      at += 1;
    }
  }
  return options;
}

const DEFAULT_WEIGHT = 1;

/**
 * @param words    `server NAME ADDRESS …`, at least three
 * @param defaults what `default-server` says
 */
export function readServer(words: readonly string[], defaults: readonly string[]): ServerLine {
  const [, name = '', address = '', ...rest] = words;
  const own = optionsOf(rest);
  const all = defaults.length === 0 ? own : [...optionsOf(defaults), ...own];
  return {
    name,
    ...placeOf(address),
    weight: all.reduce((weight, option) => weightOf(option) ?? weight, DEFAULT_WEIGHT),
    disabled: all.reduce((is, [keyword]) => (isAdmin(keyword) ? keyword === 'disabled' : is), false),
    args: own.filter((option) => !isRuntime(option)).flat(),
  };
}

/** Whether HAProxy can change it while it runs, so that `ServerLine` has a field for it. */
export const isRuntime = (option: ServerOption): boolean => isAdmin(option[0]) || weightOf(option) !== undefined;

const isAdmin = (keyword: string): boolean => keyword === 'disabled' || keyword === 'enabled';

function weightOf([keyword, value = '']: ServerOption): number | undefined {
  return keyword === 'weight' && /^\d{1,3}$/.test(value) && Number(value) <= 256 ? Number(value) : undefined;
}

/** As HAProxy does, by the last colon; brackets are optional. */
function placeOf(address: string): Pick<ServerLine, 'host' | 'port'> {
  const [, host, digits] = /^(.*):(\d{1,5})$/.exec(address) ?? [];
  const port = Number(digits);
  const hasPort = host !== undefined && port >= 1 && port <= 65_535;
  const bare = hasPort ? host : address;
  return { host: bare.replace(/^\[(.*)\]$/, '$1'), port: hasPort ? port : undefined };
}
