import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { Catalog } from '../../../../src/console/data/catalog.js';
import { daysOf } from '../../../../src/console/pages/events/days.js';
import { choose, filterOf, momentOf, namesIn } from '../../../../src/console/pages/events/filter.js';
import { piecesOf } from '../../../../src/console/pages/events/sentence.js';
import { changesSince } from '../../../../src/console/pages/events/since.js';
import { bucketsOf, spanOf, stepTo } from '../../../../src/console/pages/events/span.js';
import { eventOf, instance } from '../../support.js';

const EVENTS = [
  eventOf({
    id: 3,
    kind: 'check',
    what: 'failed',
    service: 'web',
    host: 'node1',
    text: 'the check of web failed',
    detail: 'HTTP 503',
  }),
  eventOf({ id: 2, kind: 'service', service: 'api', host: 'node2', text: 'api is new' }),
  eventOf({ id: 1, kind: 'service', service: 'web', host: 'node2', text: 'web is new' }),
];

describe('what of the events is shown', () => {
  test.each([
    ['', [3, 2, 1]],
    ['kind=service', [2, 1]],
    ['kind=weather', [3, 2, 1]],
    ['service=web', [3, 1]],
    ['service=web&host=node2', [1]],
    ['q=NEW+api', [2]],
    ['q=503', [3]],
    ['service=we', []],
  ])('%s', (search, expected) => {
    const { events } = choose(EVENTS, filterOf(Object.fromEntries(new URLSearchParams(search))));
    expect(events.map(({ id }) => id)).toEqual(expected);
  });

  test('counts what there would be of each kind, whichever is chosen', () => {
    const { byKind } = choose(EVENTS, filterOf({ kind: 'check', service: 'web' }));
    expect([...byKind]).toEqual([
      ['check', 1],
      ['service', 1],
    ]);
  });

  test('names are offered once, in order', () => {
    expect(namesIn(EVENTS, 'service')).toEqual(['api', 'web']);
  });

  test('a moment in the address that is none, or is still to come, is now, and the page says so', () => {
    const now = Date.UTC(2026, 10, 23, 12);
    const justNow = '2026-11-23T12:00:00.5Z';
    expect(momentOf({}, now)).toEqual({});
    expect(momentOf({ at: justNow }, now)).toEqual({ at: now + 500 });
    expect(momentOf({ at: 'noon' }, now)).toEqual({ fault: expect.stringContaining('“noon” is no time') });
    expect(momentOf({ at: '2026-11-24T00:00:00Z' }, now)).toEqual({ fault: expect.stringContaining('still to come') });
  });
});

describe('the sentence of an event', () => {
  const linked = (facts: Readonly<Record<string, unknown>>): string =>
    piecesOf(eventOf(facts))
      .map(({ text, to }) => (to ? `[${text}>${to.join('/')}]` : text))
      .join('');

  test.each([
    [
      'leads to what it names',
      { service: 'web', host: 'node1', instance: 'a1', text: 'web on node1 (a1) is Alive' },
      '[web>services/web] on [node1>hosts/node1] ([a1>instances/node1/a1]) is Alive',
    ],
    [
      'takes no part of a word, an address or a URL for a name',
      { service: 'web', host: 'node1', text: 'webhooks, web-2 and http://node1/web failed, web too' },
      'webhooks, web-2 and http://node1/web failed, [web>services/web] too',
    ],
    [
      'finds a service before its ServicePort',
      { service: 'web', text: 'web:8080: HAProxy cannot listen' },
      '[web>services/web]:8080: HAProxy cannot listen',
    ],
    ['takes no image for a service', { service: 'web', text: 'web:1.2 failed' }, 'web:1.2 failed [web>services/web]'],
    ['finds a name at its end', { service: 'web', text: 'nobody runs web.' }, 'nobody runs [web>services/web].'],
    [
      'has behind it what it does not name, but not the host that tells',
      { service: 'web', host: 'node1', text: 'a port is taken' },
      'a port is taken [web>services/web]',
    ],
    [
      'knows a name inside of another one',
      { service: 'api', host: 'api-1', text: 'api on api-1' },
      '[api>services/api] on [api-1>hosts/api-1]',
    ],
  ])('%s', (_, facts, expected) => {
    expect(linked(facts)).toBe(expected);
  });
});

describe('the days of events', () => {
  const now = new Date(2026, 10, 23, 14).getTime();
  const at = (day: number, hour: number): string => new Date(2026, 10, day, hour).toISOString();

  test('are named as people name them, the newest first', () => {
    const events = [at(23, 9), at(22, 23), at(22, 1), at(20, 5)].map((time, i) => eventOf({ id: 9 - i, time }));
    expect(daysOf(events, now).map(({ label, events: of }) => [label, of.length])).toEqual([
      ['Today', 1],
      ['Yesterday', 2],
      ['Friday, 20 November', 1],
    ]);
  });

  test.each([
    ['the day after one of 23 hours', '2026-03-30T00:30', '2026-03-29T12:00'],
    ['the last hour of one of 25 hours', '2026-10-25T23:30', '2026-10-24T12:00'],
  ])('where clocks change, yesterday is the day before: %s', (_, today, before) => {
    const events = `[new Date('${today}'), new Date('${before}')].map((time) => ({ time: time.getTime() }))`;
    const labels = `daysOf(${events}, new Date('${today}').getTime()).map(({ label }) => label)`;
    expect(inZone('Europe/Berlin', 'src/console/pages/events/days.ts', labels)).toEqual(['Today', 'Yesterday']);
  });
});

/** What an expression comes to beside a module where clocks show the time of a zone: a process has one for all its life. */
function inZone(zone: string, module: string, expression: string): unknown {
  const { outputText } = ts.transpileModule(readFileSync(module, 'utf8'), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  const code = `${outputText}\nprocess.stdout.write(JSON.stringify(${expression}));`;
  const options = { env: { TZ: zone }, encoding: 'utf8' } as const;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', code], options));
}

describe('the timeline', () => {
  const HOUR = 3_600_000;
  const NOW = Date.UTC(2026, 10, 23, 12);
  const at = (ms: number, facts = {}) => eventOf({ id: ms, time: new Date(NOW - ms).toISOString(), ...facts });

  test.each([
    ['all of it', '', undefined, [10, 0]],
    ['the last hour', '1h', undefined, [1, 0]],
    ['the hour of an older moment', '1h', NOW - 4.5 * HOUR, [5, 4]],
    ['the same hour as long as the moment is in it', '1h', NOW - 5 * HOUR, [5, 4]],
    ['the oldest hour, where the moment is in it', '1h', NOW - 10 * HOUR, [10, 9]],
    ['more than there is', '1d', undefined, [10, 0]],
  ])('shows %s', (_, wanted, moment, [from = 0, to = 0]) => {
    expect(spanOf(NOW - 10 * HOUR, NOW, wanted, moment)).toEqual({ from: NOW - from * HOUR, to: NOW - to * HOUR });
  });

  test('of a journal that has just begun shows a minute', () => {
    expect(spanOf(NOW - 5, NOW, '', undefined)).toEqual({ from: NOW - 60_000, to: NOW });
  });

  test('marks how much happened, and how much of it is trouble', () => {
    const events = [at(-1), at(0), at(1), at(950, { what: 'failed' }), at(2_000)];
    expect(bucketsOf(events, { from: NOW - 1_000, to: NOW }, 4)).toEqual([
      { events: 1, trouble: 1 },
      { events: 0, trouble: 0 },
      { events: 0, trouble: 0 },
      { events: 2, trouble: 0 },
    ]);
  });

  const EVENTS_THEN = [at(1_000), at(2_000), at(30 * 60_000)];
  const REACH = { oldest: NOW - HOUR, now: NOW };

  test.each([
    ['ArrowLeft', undefined, NOW - 1_000],
    ['ArrowLeft', NOW - 1_000, NOW - 2_000],
    ['ArrowLeft', NOW - 30 * 60_000, null],
    ['ArrowRight', NOW - 2_000, NOW - 1_000],
    ['ArrowRight', NOW - 1_000, undefined],
    ['PageDown', NOW - HOUR + 60_000, NOW - HOUR],
    ['PageDown', undefined, NOW - 300_000],
    ['PageUp', NOW - HOUR, NOW - HOUR + 300_000],
    ['PageUp', NOW - 60_000, undefined],
    ['Home', undefined, NOW - HOUR],
    ['End', NOW - HOUR, undefined],
    ['Tab', NOW - HOUR, null],
  ])('%s from %p leads to %p', (key, from, to) => {
    expect(stepTo(key, from, EVENTS_THEN, REACH)).toBe(to);
  });
});

describe('what has changed since', () => {
  test('is what was added, is gone, or has another status or image; what was gone already is nothing', () => {
    const then = [
      instance({ ID: 'same' }),
      instance({ ID: 'ill', Status: 0 }),
      instance({ ID: 'left' }),
      instance({ ID: 'dead', Status: 1 }),
      instance({ ID: 'newer', Image: 'web:1' }),
    ];
    const catalog = new Catalog();
    catalog.replace([
      instance({ ID: 'same', Updated: '2026-11-23T13:00:00Z' }),
      instance({ ID: 'ill', Status: 2 }),
      instance({ ID: 'left', Status: 1 }),
      instance({ ID: 'newer', Image: 'web:2' }),
      instance({ ID: 'fresh', Name: 'api' }),
    ]);
    const changes = changesSince(then, catalog.groups());
    expect(changes.map(({ what, instance: { id }, was, is, imageWas }) => [what, id, was, is, imageWas])).toEqual([
      ['added', 'fresh', undefined, 'Alive', undefined],
      ['changed', 'ill', 'Alive', 'Unhealthy', undefined],
      ['gone', 'left', 'Alive', undefined, undefined],
      ['changed', 'newer', 'Alive', 'Alive', 'web:1'],
    ]);
  });
});
