import { expect, test } from '@jest/globals';
import { bindsOf, holdsOf } from '../../src/haproxy/binds.js';
import { record } from '../support/records.js';
import { rendered } from './support/render.js';

const seen = (config: string): readonly string[] =>
  bindsOf(config).map(({ proxy, address, port, v6only }) => `${proxy} ${address} ${port}${v6only ? ' v6only' : ''}`);

test('the binds of the built-in template are the stats page and a frontend for each ServicePort', () => {
  expect(bindsOf(rendered([record()]))).toEqual([
    {
      section: 'frontend stats',
      proxy: 'stats',
      spec: '127.0.0.1:3212',
      address: '127.0.0.1',
      port: 3212,
      v6only: false,
    },
    {
      section: 'frontend web-9999',
      proxy: 'web-9999',
      spec: '10.79.0.1:9999',
      address: '10.79.0.1',
      port: 9999,
      v6only: false,
    },
  ]);
});

test.each([
  ['bind :80', ['f 0.0.0.0 80']],
  ['bind *:80 ssl crt x', ['f 0.0.0.0 80']],
  ['bind "127.0.0.1:80"', ['f 127.0.0.1 80']],
  ['bind 127.0.0.1:80,[::1]:81', ['f 127.0.0.1 80', 'f ::1 81']],
  ['bind :::80 v6only', ['f :: 80 v6only']],
  ['bind ipv6@:80', ['f :: 80']],
  ['bind ipv4@10.0.0.1:80-82', ['f 10.0.0.1 80', 'f 10.0.0.1 81', 'f 10.0.0.1 82']],
  ['stats socket ipv4@127.0.0.1:9000 level admin', ['f 127.0.0.1 9000']],
])('%s', (line, expected) => expect(seen(`listen f\n\t${line}\n`)).toEqual(expected));

test.each([
  'bind /run/x.sock',
  'bind unix@/run/x.sock',
  'bind abns@x:80',
  'bind fd@3',
  'bind quic4@:443 ssl crt x',
  'bind "${HOST}:80"',
  'bind localhost:80',
  'bind 10.0.0.1:80 transparent',
  'bind :80 interface eth0',
  'bind :0',
  '# bind :80',
  'server x 10.0.0.1:80',
])('what cannot be tried from here is passed over: %s', (line) => expect(seen(`listen f\n\t${line}\n`)).toEqual([]));

test('a range is followed only so far', () => expect(seen('listen f\n bind :1-65535')).toHaveLength(256));

test('what may not be in force, or is a comment, is not looked at', () => {
  const config = [
    'listen a',
    '\t.if defined(NOPE)',
    '\tbind 203.0.113.9:80',
    '\t.endif',
    '\tbind 127.0.0.1:81 # not the interface of old',
    '\t# bind 127.0.0.1:82',
  ];
  expect(seen(config.join('\n'))).toEqual(['a 127.0.0.1 81']);
});

test('a bind belongs to the section it stands in, whatever kind that is', () => {
  expect(seen('frontend web-80\n\tbind :80\nlog-forward x\n\tbind :514\n')).toEqual([
    'web-80 0.0.0.0 80',
    'x 0.0.0.0 514',
  ]);
});

test.each<[string, string, number, boolean]>([
  ['the place itself', '127.0.0.1', 80, true],
  ['another address on its port', '127.0.0.2', 80, false],
  ['all addresses on its port', '0.0.0.0', 80, true],
  ['an address beside a wildcard', '127.0.0.1', 81, true],
  ['another port', '127.0.0.1', 82, false],
  ['a port of which only the system knows', '127.0.0.1', 83, true],
])('an HAProxy on 127.0.0.1:80, *:81 and some listener on 83 holds %s: %s:%i %p', (_what, address, port, expected) => {
  const holds = holdsOf(bindsOf('listen a\n\tbind 127.0.0.1:80\n\tbind *:81\n'), new Set([80, 81, 83]));
  expect(holds({ address, port, v6only: false })).toBe(expected);
});
