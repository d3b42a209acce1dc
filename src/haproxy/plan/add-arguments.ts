import type { Section, ServerLine } from './config.js';
import { isRuntime, optionsOf, type ServerOption } from './server-line.js';

/** What HAProxy refuses on `add server` although it says nothing there: names are resolved before, an address is at hand. */
const FOR_NAMES: ReadonlySet<string> = new Set([
  'init-addr',
  'resolvers',
  'resolve-prefer',
  'resolve-opts',
  'resolve-net',
]);
/** What is off unless it is said: its `no-` form takes back what `default-server` says, and is mostly refused on `add server`. */
const SWITCHES: ReadonlySet<string> = new Set(
  (
    'agent-check backup check check-send-proxy check-ssl send-proxy send-proxy-v2 send-proxy-v2-ssl ' +
    'send-proxy-v2-ssl-cn ssl tfo'
  ).split(' '),
);
/** What a server from the file has, but one that is added lacks: without them it keeps no idle connections. */
const IDLE_CONNECTIONS: readonly ServerOption[] = [
  ['pool-max-conn', '-1'],
  ['pool-purge-delay', '5s'],
];

/**
 * The words after the address with which `add server` makes the server that the file describes. HAProxy's management guide,
 * `add server`: such a server inherits nothing from `default-server`.
 *
 * Whether it is `disabled` is not among them: every added server is in maintenance until `enable server`.
 */
export function argsForAdd(server: ServerLine, section: Section): readonly string[] {
  const said = optionsOf(section.defaultServer).concat(optionsOf(server.args));
  const options = withoutTakenBack(said).filter(
    (option) => !isRuntime(option) && !FOR_NAMES.has(option[0]) && (option[0] !== 'cookie' || section.hasCookie),
  );
  const keywords = new Set(options.map(([keyword]) => keyword));
  const idle = IDLE_CONNECTIONS.filter(([keyword]) => !keywords.has(keyword));
  return ['weight', String(server.weight), ...options.flat(), ...idle.flat()];
}

function withoutTakenBack(options: readonly ServerOption[]): readonly ServerOption[] {
  return options.reduce<readonly ServerOption[]>((kept, option) => {
    const [keyword] = option;
    const taken = keyword.startsWith('no-') ? keyword.slice('no-'.length) : '';
    return SWITCHES.has(taken) ? kept.filter(([other]) => other !== taken) : [...kept, option];
  }, []);
}

/** Whether the server that these words of `add server` make has checks that `enable health` starts. */
export const needsHealth = (args: readonly string[]): boolean => has(args, 'check');

/** Whether the server that these words of `add server` make has an agent check that `enable agent` starts. */
export const needsAgent = (args: readonly string[]): boolean => has(args, 'agent-check');

const has = (args: readonly string[], keyword: string): boolean => optionsOf(args).some(([first]) => first === keyword);
