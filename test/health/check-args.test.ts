import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { expandArgs } from '../../src/health/check-args.js';
import { discovered } from '../support/records.js';

const service = discovered({
  id: 'abc',
  name: 'web',
  hostname: 'h1',
  image: 'web:1',
  proxyMode: 'tcp',
  ports: [
    { type: 'udp', port: 21001, servicePort: 53, ip: '10.0.0.1' },
    { type: 'tcp', port: 21002, servicePort: 53, ip: '10.0.0.1' },
    { type: 'tcp', port: 21003, servicePort: 8080, ip: '10.0.0.1' },
  ],
});
const expand = (args: string, host = '10.79.0.254', bracketed = true) => expandArgs(args, { service, host, bracketed });

describe('templated check arguments (contract 3.6)', () => {
  test.each([
    ['http://{{ host }}:{{ tcp 8080 }}/', 'http://10.79.0.254:21003/'],
    ['{{tcp 53}} {{ udp   53 }}', '21002 21001'],
    ['{{ container }} {{ .Hostname }}', 'h1 h1'],
    ['{{ .ID }}/{{ .Name }}/{{ .Image }}/{{.ProxyMode}}', 'abc/web/web:1/tcp'],
    ['a {{- host -}} b', 'a10.79.0.254b'],
    ['a \n{{- .ID }} {{ .Name -}}\t c', 'aabc webc'],
    ['no expression }} at all', 'no expression }} at all'],
    ['', ''],
  ])('%j gives %j', (args, text) => {
    expect(expand(args)).toEqual({ text, faults: [] });
  });

  test('an IPv6 host stands in brackets in a URL, and without them in a command', () => {
    expect(expand('http://{{ host }}:80/', 'fd00::1').text).toBe('http://[fd00::1]:80/');
    expect(expand('http://[{{ host }}]:80/', 'fd00::1').text).toBe('http://[fd00::1]:80/');
    expect(expand('ping -c1 {{ host }}', 'fd00::1', false).text).toBe('ping -c1 fd00::1');
  });

  test('a ServicePort that does not exist gives -1 and says so', () => {
    const { text, faults } = expand('{{ tcp 7000 }}');
    expect(text).toBe('-1');
    expect(faults).toEqual([{ code: 'SERVICE_PORT_NOT_FOUND', message: 'it has no tcp port with ServicePort 7000' }]);
  });

  test.each([
    '{{ nosuch }}',
    '{{ tcp "x" }}',
    '{{ tcp }}',
    '{{ .Nope }}',
    '{{ host',
    '{{ host }} {{ if }}',
    '{{}}',
    '{{-host}}',
  ])('%j is not understood and used unchanged', (args) => {
    const { text, faults } = expand(args);
    expect(text).toBe(args);
    expect(faults.map(({ code }) => code)).toEqual(['ARGS_NOT_UNDERSTOOD']);
  });

  test('a great many spaces are trimmed, or left, without trying each of them', () => {
    const spaces = ' '.repeat(1_000_000);
    expect(expand(`a${spaces}{{- .ID -}}${spaces}b`).text).toBe('aabcb');
    expect(expand(`a${spaces}x{{- .ID -}}x${spaces}b`).text).toHaveLength(2_000_007);
  });

  test('whatever it holds, it ends in a text, and its faults can be printed', () => {
    const piece = fc.oneof(fc.constantFrom('{{', '}}', '-', ' ', 'host', 'tcp 8080', '\n', '.Name'), fc.string());
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const { faults } = expand(pieces.join(''));
        for (const { message } of faults) expect(message).not.toMatch(/\p{C}/u);
      }),
    );
  });
});
