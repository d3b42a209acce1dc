import { describe, expect, test } from '@jest/globals';
import { linkText } from '../../../src/console/words/link.js';
import { consoleUrl } from '../../../src/console/words/member.js';
import { ended, sentence } from '../../../src/console/words/sentence.js';
import { count, imageName, portText } from '../../../src/console/words/service.js';
import { clockText, delayText, durationText, exactText, momentText } from '../../../src/console/words/time.js';

const AT = new Date(2026, 10, 23, 14, 3, 12, 47).getTime();

describe('words', () => {
  test.each([
    [-5, '0 s'],
    [12_900, '12 s'],
    [60_000, '1 min'],
    [3_599_999, '59 min'],
    [3_600_000, '1 h'],
    [47 * 3_600_000, '47 h'],
    [48 * 3_600_000, '2 d'],
  ])('%d ms are %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  test.each([
    [-3, '0.0 ms'],
    [0.614, '0.6 ms'],
    [9.96, '10 ms'],
    [999.6, '1.0 s'],
    [9_949, '9.9 s'],
    [9_960, '10 s'],
    [61_000, '1 min'],
  ])('a delay of %d ms is %s', (ms, text) => {
    expect(delayText(ms)).toBe(text);
  });

  test('what a program says becomes a sentence', () => {
    expect(sentence('connect ECONNREFUSED')).toBe('Connect ECONNREFUSED.');
    expect(sentence('Did you mean web?')).toBe('Did you mean web?');
    expect(ended('web on node1: its check failed: no rou…')).toBe('web on node1: its check failed: no rou…');
  });

  test('the console of a member is where it says that its HTTP API is', () => {
    const unknown = {
      isSelf: false,
      lastHeardAgoMs: 1,
      roundTripMs: 1,
      skewMs: 1,
      givenUpInMs: 1,
      versions: undefined,
    };
    const member = { name: 'node2', address: 'fd00::6', port: 7946, state: 'alive', ...unknown };
    expect(consoleUrl({ ...member, http: undefined }, [])).toBeUndefined();
    expect(consoleUrl({ ...member, http: { port: 7777, isTls: true } }, ['hosts', 'a b'])).toBe(
      'https://[fd00::6]:7777/ui/hosts/a%20b',
    );
  });

  test('a moment is told by the clock, and with its day when that is another one', () => {
    expect(clockText(AT)).toBe('14:03:12');
    expect(exactText(AT)).toBe('2026-11-23 14:03:12.047');
    expect(momentText(AT, AT + 1_000)).toBe('14:03:12');
    expect(momentText(AT, AT + 86_400_000)).toBe('2026-11-23 14:03');
  });

  test('a lost connection says for how long, and of when is what is shown', () => {
    const link = { state: 'lost', since: AT + 1_000, shownFrom: AT } as const;
    expect(linkText(link, AT + 13_000).whole).toBe('Not connected for 12 s; what you see is from 14:03:12');
  });

  test('an agent that is asked from time to time is not called live', () => {
    expect(linkText({ state: 'polled', everyMs: 5_000, isPlain: true }, 0).short).toBe('Asked every 5 s');
  });

  test.each([
    ['web:1.2', 'web', '1.2'],
    ['registry.example:5000/team/web:1.2', 'team/web', '1.2'],
    ['registry.example:5000/team/web', 'team/web', ''],
    ['localhost/web:1', 'web', '1'],
    ['team/web@sha256:0123456789abcdef', 'team/web', '0123456789ab'],
    ['sha256:0123456789abcdef0123', 'sha256', '0123456789ab'],
    ['team.a:2', 'team.a', '2'],
    ['', '', ''],
  ])('the image %s is %s of version %s', (image, name, version) => {
    expect(imageName(image)).toEqual({ name, version });
  });

  test('ports say where HAProxy offers them, and their type when it is not tcp', () => {
    const port = { type: 'tcp', port: 32768, servicePort: 8080, ip: '10.0.0.5' };
    expect(portText(port)).toBe('8080→32768');
    expect(portText({ ...port, type: 'udp', servicePort: 0 })).toBe('32768/udp');
  });

  test('one is not many', () => {
    expect([count(1, 'service'), count(2_995, 'service')]).toEqual(['1 service', '2,995 services']);
  });
});
