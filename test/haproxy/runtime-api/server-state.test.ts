import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ok, refused } from '../../../src/lib/result.js';
import { parseInfo, parseServersState, parseSessions } from '../../../src/haproxy/runtime-api/server-state.js';

/** As HAProxy 2.6.12 prints it. */
const STATE = `1
# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port
3 web 1 s1 127.0.0.1 2 9 37 40 0 1 0 2 6 0 0 0 - 19001 - 0 0 - - 0
3 web 4 u1 - 2 0 37 37 0 1 0 2 0 0 0 0 - 0 - 0 0 - - 0
3 web 6 d2 2001:DB8:0::1 0 1 3 3 0 1 0 0 0 0 0 0 host 80 - 0 0 - - 0
`;

describe('show servers state', () => {
  test('tells address, port, weight, admin and check state of each server', () => {
    expect(parseServersState(STATE)).toEqual(
      ok([
        {
          backendId: 3,
          backend: 'web',
          name: 's1',
          address: '127.0.0.1',
          port: 19001,
          weight: 37,
          admin: 9,
          check: 6,
          agent: 0,
        },
        {
          backendId: 3,
          backend: 'web',
          name: 'u1',
          address: undefined,
          port: 0,
          weight: 37,
          admin: 0,
          check: 0,
          agent: 0,
        },
        {
          backendId: 3,
          backend: 'web',
          name: 'd2',
          address: '2001:db8::1',
          port: 80,
          weight: 3,
          admin: 1,
          check: 0,
          agent: 0,
        },
      ]),
    );
  });

  test('finds its columns by name, wherever another HAProxy has them', () => {
    const text =
      '2\n# srv_agent_state srv_check_state srv_port new be_name be_id srv_name srv_addr srv_uweight srv_admin_state\n0 0 80 x b 7 s ::1 5 0\n';
    expect(parseServersState(text)).toEqual(
      ok([
        { backendId: 7, backend: 'b', name: 's', address: '::1', port: 80, weight: 5, admin: 0, check: 0, agent: 0 },
      ]),
    );
  });

  test.each([
    ["Can't find backend.", "Can't find backend."],
    ['', ''],
    ['1\n# be_name srv_name', 'no be_id in # be_name srv_name'],
    [STATE.replace(' 19001 ', ' x '), /^3 web 1 s1/],
    [`${STATE}3 web`, '3 web'],
  ])('what cannot be read is refused', (text, words) => {
    const result = parseServersState(text);
    expect(result).toEqual(refused(typeof words === 'string' ? words : expect.stringMatching(words)));
  });

  test('any text has an answer', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof parseServersState(text).ok === 'boolean'));
    fc.assert(
      fc.property(fc.nat(STATE.length), fc.string(), (at, noise) => {
        expect(typeof parseServersState(STATE.slice(0, at) + noise + STATE.slice(at)).ok).toBe('boolean');
      }),
    );
  });
});

describe('show stat', () => {
  test('counts running sessions and those that wait for a slot', () => {
    const text = '# pxname,svname,qcur,qmax,scur,smax,\nweb,s1,2,9,3,8,\nweb,s2,0,9,0,8,\n';
    expect(parseSessions(text)).toEqual(
      ok(
        new Map([
          ['s1', 5],
          ['s2', 0],
        ]),
      ),
    );
  });

  test.each(['No such proxy.', '', '# pxname,svname,qcur\nweb,s1,0', '# svname,qcur,scur\ns1,x,0'])(
    'what cannot be read is refused: %j',
    (text) => {
      expect(parseSessions(text).ok).toBe(false);
    },
  );
});

describe('show info', () => {
  test('tells who answers', () => {
    const text = 'Name: HAProxy\nVersion: 2.6.12-1+deb12u4\nNbproc: 1\nPid: 32385\nUptime: 0d 0h00m00s';
    expect(parseInfo(text)).toEqual(ok({ pid: 32385, version: '2.6.12-1+deb12u4' }));
  });

  test('what cannot be read is refused', () => {
    expect(parseInfo('Permission denied\nreally')).toEqual(refused('Permission denied'));
  });
});
