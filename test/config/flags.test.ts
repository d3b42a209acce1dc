import { describe, expect, test } from '@jest/globals';
import { parseFlags } from '../../src/config/flags.js';
import { helpText, manualPage } from '../../src/config/usage.js';

const valuesOf = (...argv: string[]): unknown => Object.fromEntries(parseFlags(argv).values);

describe("the agent's flags", () => {
  test.each([
    [['--cluster-name=x'], { 'cluster-name': 'x' }],
    [['--cluster-name', 'x'], { 'cluster-name': 'x' }],
    [['-n', 'x'], { 'cluster-name': 'x' }],
    [['-nx'], { 'cluster-name': 'x' }],
    [['-c', '10.0.0.1', '-c10.0.0.2', '--cluster-ip=h:1'], { 'cluster-ip': ['10.0.0.1', '10.0.0.2', 'h:1'] }],
    [['-d', 'docker', '--discover', 'static'], { discover: ['docker', 'static'] }],
    [
      ['-a10.0.0.1', '-f', 'x.toml', '-l', 'debug'],
      { 'advertise-ip': '10.0.0.1', 'config-file': 'x.toml', 'logging-level': 'debug' },
    ],
    [['-xp'], { 'haproxy-disable': true, cpuprofile: true }],
    [['-x', '--no-haproxy-disable'], { 'haproxy-disable': false }],
    [['-n', ''], {}],
  ])('%j means %j', (argv, values) => {
    expect(parseFlags(argv).problems).toEqual([]);
    expect(valuesOf(...argv)).toEqual(values);
  });

  test.each([
    [[], 'run'],
    [['--check-config', '-x'], 'check-config'],
    [['--help', '--bogus'], 'help'],
    [['--help-long'], 'help-long'],
    [['--help-man'], 'help-man'],
    [['--version'], 'version'],
    [['--no-help'], 'run'],
  ])('%j asks to %s', (argv, action) => {
    expect(parseFlags(argv).action).toBe(action);
  });

  test('are all checked: each unknown one is named, with the flag that was probably meant', () => {
    expect(parseFlags(['--bogus', 'x', '-n', '--haproxy-disble', '-z', 'y', 'status']).problems).toEqual([
      { code: 'FLAG_NEEDS_VALUE', message: '--cluster-name needs a value after it' },
      { code: 'FLAG_UNKNOWN', message: 'unknown flag "--bogus"; see --help' },
      { code: 'FLAG_UNKNOWN', message: 'unknown flag "--haproxy-disble"; did you mean --haproxy-disable?' },
      { code: 'FLAG_UNKNOWN', message: 'unknown flag "-z"; see --help' },
      { code: 'ARGUMENT_UNEXPECTED', message: 'unexpected argument "status": only flags are taken' },
    ]);
  });
});

describe('the help', () => {
  const commands = [{ name: 'status', summary: 'how is it?', group: 'Look' }];

  test('names every flag, variable and command within 80 columns', () => {
    const help = helpText(commands, false);
    for (const word of [
      '-c, --cluster-ip',
      '-x, --[no-]haproxy-disable',
      '--check-config',
      'SIDECAR_CONFIG_FILE',
      'how is it?',
    ])
      expect(help).toContain(word);
    expect(help.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(help).not.toContain('haproxy.bind_ip');
  });

  test('names every setting in its long form', () => {
    expect(helpText(commands, true)).toContain('haproxy.bind_ip (address to bind; default "")');
    expect(helpText(commands, true)).toContain('HAPROXY_BIND_IP, BIND_IP');
  });

  test('is a manual page in which no line is taken for a request of roff', () => {
    const page = manualPage([{ name: 'dot', summary: '.SH not a heading \\fI', group: 'Look' }]);
    expect(page).toMatch(/^\.TH sidecar 1\n/);
    expect(page).toContain('\\&.SH not a heading \\efI');
    expect(page).toContain('\\-\\-cluster\\-ip');
  });
});
