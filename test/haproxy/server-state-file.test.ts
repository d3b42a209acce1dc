import { describe, expect, test } from '@jest/globals';
import type { Config } from '../../src/haproxy/plan/config.js';
import { parseConfig } from '../../src/haproxy/plan/parse-config.js';
import { serverStateFile } from '../../src/haproxy/server-state-file.js';

const HEADER =
  '# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight ' +
  'srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state ' +
  'bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr ' +
  'srv_agent_port';

interface State {
  readonly addr: string;
  readonly op: string;
  readonly admin: string;
  readonly result: string;
  readonly check: string;
  readonly fqdn: string;
}
const stateOf = (overrides: Partial<State> = {}): string => {
  const { addr, op, admin, result, check, fqdn } = {
    ...{ addr: '10.0.0.1', op: '0', admin: '0', result: '2', check: '6', fqdn: '-' },
    ...overrides,
  };
  const line = `4 web-80 1 a ${addr} ${op} ${admin} 50 100 12 8 ${result} 0 ${check} 0 0 0 ${fqdn} 8080 - 0 0 - - 0`;
  return `1\n${HEADER}\n${line}\n\n`;
};

const config = (server = 'a 10.0.0.1:8080 check', defaultServer = ''): Config =>
  parseConfig(`backend web-80\n${defaultServer && `default-server ${defaultServer}`}\nserver ${server}\n`);

const kept = (states: string, next: Config): readonly string[] =>
  serverStateFile(states, next).split('\n').slice(2, -1);

describe('the state of a server that is checked', () => {
  test('is kept without its weights, its administration and its address', () => {
    expect(kept(stateOf({ admin: '8' }), config('a 10.0.0.1:8080 check weight 7'))).toEqual([
      '4 web-80 1 a - 0 0 1 1 12 8 2 0 6 0 0 0 - 8080 -',
    ]);
  });

  test.each([
    ['by its own line', stateOf(), config()],
    ['by the default', stateOf(), config('a 10.0.0.1:8080', 'inter 1s check')],
    ['by its line, against the default', stateOf(), config('a 10.0.0.1:8080 check', 'no-check')],
    ['at the same address, spelled otherwise', stateOf({ addr: '::1' }), config('a [0:0::1]:8080 check')],
    ['at the host name', stateOf({ fqdn: 'h1.example' }), config('a h1.example:8080 check')],
  ])('is kept when it is checked %s', (_, states, next) => {
    expect(kept(states, next)).toHaveLength(1);
  });

  test.each([
    ['is no longer checked', stateOf(), config('a 10.0.0.1:8080 cookie check')],
    ['is no longer checked, by its own line', stateOf(), config('a 10.0.0.1:8080 no-check', 'check')],
    ['is gone', stateOf(), config('b 10.0.0.1:8080 check')],
    ['has another address', stateOf(), config('a 10.0.0.2:8080 check')],
    ['has another port', stateOf(), config('a 10.0.0.1:8081 check')],
    ['has no port of its own', stateOf(), config('a 10.0.0.1:+1 check')],
    ['was not checked before', stateOf({ check: '0' }), config()],
    ['was never checked', stateOf({ result: '0' }), config()],
    ['had its checks switched off by hand', stateOf({ check: '2' }), config()],
    ['was in maintenance', stateOf({ admin: '1' }), config()],
    ['has figures that are none', stateOf({ op: 'up' }), config()],
    ['comes in another format', stateOf().replace('1', '2'), config()],
  ])('is left out when it %s', (_, states, next) => {
    expect(kept(states, next)).toEqual([]);
  });

  test('is left out with a name that is too long for HAProxy to read', () => {
    const name = 'n'.repeat(1_990);
    expect(kept(stateOf().replace(' a ', ` ${name} `), config(`${name} 10.0.0.1:8080 check`))).toEqual([]);
  });
});

test.each(['', '\n', 'Unknown command', `1\n${HEADER}\n`, '1\n# a\n4 web-80 1 a 10.0.0.1\n'])(
  'an answer without a server gives the header alone: %j',
  (states) => {
    expect(serverStateFile(states, config())).toMatch(/^1\n# be_id be_name .* srvrecord\n$/);
  },
);
