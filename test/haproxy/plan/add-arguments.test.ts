import { describe, expect, test } from '@jest/globals';
import { argsForAdd, needsAgent, needsHealth } from '../../../src/haproxy/plan/add-arguments.js';
import { parseConfig } from '../../../src/haproxy/plan/parse-config.js';

/** The words for the only server of a backend with these lines. */
function added(...lines: readonly string[]): string {
  const [section] = parseConfig(['backend b', ...lines].join('\n')).sections;
  const [server] = [...(section?.servers.values() ?? [])];
  if (!section || !server) throw new Error('no server');
  return argsForAdd(server, section).join(' ');
}

const IDLE = 'pool-max-conn -1 pool-purge-delay 5s';

describe('the words that add a server as the file describes it', () => {
  test.each<[string, readonly string[], string]>([
    ['always say the weight, and what idle connections it keeps', ['server a 10.0.0.1:80'], `weight 1 ${IDLE}`],
    ['hold its own words', ['server a 10.0.0.1:80 check inter 2s weight 7'], `weight 7 check inter 2s ${IDLE}`],
    [
      'hold the defaults before its own',
      ['default-server inter 9s weight 3', 'server a 10.0.0.1:80 inter 2s'],
      `weight 3 inter 9s inter 2s ${IDLE}`,
    ],
    [
      'do not say again what it says of idle connections',
      ['default-server pool-max-conn 5', 'server a 10.0.0.1:80 pool-purge-delay 1s'],
      'weight 1 pool-max-conn 5 pool-purge-delay 1s',
    ],
    [
      'leave out whether it is disabled',
      ['default-server disabled', 'server a 10.0.0.1:80 enabled'],
      `weight 1 ${IDLE}`,
    ],
    ['leave out a cookie that does nothing', ['server a 10.0.0.1:80 cookie x check'], `weight 1 check ${IDLE}`],
    [
      'hold a cookie that does something',
      ['cookie S insert', 'server a 10.0.0.1:80 cookie x'],
      `weight 1 cookie x ${IDLE}`,
    ],
    [
      'leave out how a name is resolved',
      [
        'default-server init-addr last,libc,none resolvers r',
        'server a 10.0.0.1:80 resolve-prefer ipv4 resolve-opts allow-dup-ip resolve-net 10.0.0.0/8',
      ],
      `weight 1 ${IDLE}`,
    ],
    [
      'leave out a default that it takes back',
      ['default-server check ssl verify none', 'server a 10.0.0.1:80 no-check no-ssl'],
      `weight 1 verify none ${IDLE}`,
    ],
    [
      'hold what it turns on again',
      ['default-server no-check', 'server a 10.0.0.1:80 check'],
      `weight 1 check ${IDLE}`,
    ],
    [
      'hold a `no-` that is a setting of its own',
      ['server a 10.0.0.1:80 ssl no-tls-tickets'],
      `weight 1 ssl no-tls-tickets ${IDLE}`,
    ],
    [
      'take a value for no keyword',
      ['cookie S insert', 'server a 10.0.0.1:80 cookie resolvers check'],
      `weight 1 cookie resolvers check ${IDLE}`,
    ],
  ])('%s', (_what, lines, expected) => expect(added(...lines)).toBe(expected));
});

test('a server with a check needs it enabled, one with an agent that', () => {
  expect(needsHealth(['weight', '1', 'check', 'inter', '2s'])).toBe(true);
  expect(needsHealth(['cookie', 'check', 'agent-check'])).toBe(false);
  expect(needsAgent(['check', 'agent-check', 'agent-port', '9'])).toBe(true);
  expect(needsAgent(['check', 'cookie', 'agent-check'])).toBe(false);
});
