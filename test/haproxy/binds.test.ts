import { expect, test } from '@jest/globals';
import { bindsOf } from '../../src/haproxy/binds.js';
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
