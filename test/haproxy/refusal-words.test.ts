import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { haproxyWords } from '../../src/haproxy/commands.js';
import { alertsOf, bindRefusalsOf } from '../../src/haproxy/refusal-words.js';

/** What HAProxy 2.6.12 prints before each alert. */
const alert = (words: string): string => `[ALERT]    (572) : config : ${words}`;

describe('alertsOf', () => {
  test.each([
    ["parsing [/a/b.cfg:10] : unknown proxy mode 'zorg'.", 10, undefined, undefined],
    ["[b.cfg:13] : 'server web-80/a' : invalid port '99999'", 13, 'web-80', 'a'],
    ["[b.cfg:15] : 'server db-80/d' : could not resolve address 'nosuch.invalid'.", 15, 'db-80', 'd'],
    ["[b.cfg:18] : 'server web-80/e' : unknown keyword 'zorgopt'.", 18, 'web-80', 'e'],
    ["[b.cfg:13] : character ' ' is not permitted in server name 'a b'.", 13, undefined, undefined],
    [
      "parsing [b.cfg:11] : backend 'web-80', another server named 'd' was already defined at line 10, please use distinct names.",
      11,
      'web-80',
      undefined,
    ],
    ["parsing [b.cfg:10] : 'bind [::1]:80' in section 'frontend': unknown keyword 'x'.", 10, undefined, undefined],
    ["parsing [b.cfg:11] : 'bind' : invalid address: '300.0.0.1' in '300.0.0.1:80'", 11, undefined, undefined],
    [
      "Parsing [b.cfg:12]: frontend 'web-80' has the same name as frontend 'web-80' declared at b.cfg:10.",
      12,
      'web-80',
      undefined,
    ],
    [
      'parsing [b.cfg:15]: backend y-80 reuses same custom id as backend x-80 (declared at b.cfg:10).',
      15,
      undefined,
      undefined,
    ],
    [
      "parsing [b.cfg:15] : error detected while parsing ACL 'foo' : unknown fetch method 'zorg' in ACL expression 'zorg'.",
      15,
      undefined,
      undefined,
    ],
    [
      "parsing [b.cfg:18] : error detected in frontend 'web-80' while parsing 'http-request set-header' rule : failed.",
      18,
      'web-80',
      undefined,
    ],
    ['parsing [b.cfg:10]: unmatched quote at position 26:', 10, undefined, undefined],
    ["Proxy 'f2': unable to find required default_backend: 'nosuch3'.", undefined, 'f2', undefined],
    ["Proxy 'f3': no SSL certificate specified for bind '[::1]:91' at [b.cfg:28] (use 'crt').", 28, 'f3', undefined],
  ])('reads %s', (words, line, proxy, server) => {
    expect(alertsOf(alert(words))).toEqual([{ line, proxy, server, words }]);
  });

  test('reads an output as it comes: notices, warnings, continued lines and closing words name nothing', () => {
    const output = [
      '[NOTICE]   (593) : haproxy version is 2.6.12-1+deb12u4',
      '[NOTICE]   (593) : path to executable is /usr/sbin/haproxy',
      "[WARNING]  (593) : config : frontend 'emptyf' has no 'bind' directive.",
      '[ALERT]    (593) : config : parsing [q.cfg:10]: unmatched quote at position 26:',
      '  bind 127.0.0.1:18080 "unfinished',
      '                       ^',
      "[ALERT]    (593) : config : [q.cfg:14] : 'server web-80/x' : '${NOPE}' resolves to an empty address",
      '',
      '[ALERT]    (593) : config : Error(s) found in configuration file : q.cfg',
      '[ALERT]    (593) : config : Fatal errors found in configuration.',
      '[ALERT]    (593) : config : Failed to initialize server(s) addr.',
    ].join('\n');
    const named = alertsOf(output);
    expect(named.map(({ line, proxy }) => [line, proxy])).toEqual([
      [10, undefined],
      [14, 'web-80'],
    ]);
    expect(alertsOf(haproxyWords(output))).toEqual(named);
  });

  test('reads what a master says of its new configuration, and what HAProxy 2.2 said', () => {
    const master =
      "[NOTICE]   (883) : Reloading HAProxy\n[ALERT]    (883) : config : parsing [mw.cfg:13] : 'bind' : no\n";
    const older = "[ALERT] 326/112233 (883) : parsing [mw.cfg:13] : 'bind' : no";
    expect(alertsOf(master)).toEqual(alertsOf(older));
    expect(alertsOf(older)).toMatchObject([{ line: 13, words: "parsing [mw.cfg:13] : 'bind' : no" }]);
  });

  test('takes no more than a bounded part of an output without end', () => {
    const long = alertsOf(`${alert(`parsing [b.cfg:7] : ${'x'.repeat(5_000)}`)}\n`.repeat(1_000));
    expect(long.length).toBeLessThan(20);
    expect(long[0]?.words).toHaveLength(500);
  });

  test('withstands any text', () => {
    const bit = fc.constantFrom(
      '[ALERT] ',
      '(1) : ',
      'parsing [',
      ':12]',
      "'server ",
      '/',
      "'",
      "proxy '",
      '\n',
      'x',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(bit, { maxLength: 40 }), (bits) => {
        for (const { line, proxy } of alertsOf(bits.join(''))) expect(line ?? proxy).toBeDefined();
      }),
    );
  });
});

describe('bindRefusalsOf', () => {
  test('names each frontend that could not listen, where and why', () => {
    const output = [
      '[NOTICE]   (853) : haproxy version is 2.6.12-1+deb12u4',
      '[ALERT]    (853) : Binding [b.cfg:13] for frontend web-80: cannot bind socket (Address already in use) for [127.0.0.1:18180]',
      '[ALERT]    (853) : Binding [b.cfg:15] for frontend db-80: cannot bind socket (Permission denied) for [:::81]',
      '[ALERT]    (853) : Binding [b.cfg:16] for proxy zz: cannot bind socket (Cannot assign requested address) for [9.9.9.9:18183]',
      '[ALERT]    (853) : Binding [b.cfg:17] for frontend GLOBAL: cannot bind UNIX socket (No such file or directory) [/no/x.sock]',
      '[ALERT]    (853) : [haproxy.main()] Some protocols failed to start their listeners! Exiting.',
    ].join('\n');
    const refusals = [
      { proxy: 'web-80', place: '127.0.0.1:18180', words: 'cannot bind socket (Address already in use)' },
      { proxy: 'db-80', place: ':::81', words: 'cannot bind socket (Permission denied)' },
      { proxy: 'zz', place: '9.9.9.9:18183', words: 'cannot bind socket (Cannot assign requested address)' },
      { proxy: 'GLOBAL', place: '/no/x.sock', words: 'cannot bind UNIX socket (No such file or directory)' },
    ];
    expect(bindRefusalsOf(output)).toEqual(refusals);
    expect(bindRefusalsOf(haproxyWords(output))).toEqual(refusals);
  });

  test('reads the words of older versions, too', () => {
    expect(
      bindRefusalsOf('[ALERT] 326/1122 (9) : Starting frontend web-80: cannot bind socket [127.0.0.1:80]'),
    ).toEqual([{ proxy: 'web-80', place: '127.0.0.1:80', words: 'cannot bind socket' }]);
  });

  test('sees none in a rejected configuration', () => {
    expect(bindRefusalsOf(alert("parsing [b.cfg:11] : 'bind' : invalid address: 'x'"))).toEqual([]);
  });
});
