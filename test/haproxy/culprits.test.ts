import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findCulprits, type CulpritSearch } from '../../src/haproxy/culprits.js';
import type { HaproxyFault } from '../../src/haproxy/fault.js';
import type { SectionOwners } from '../../src/haproxy/section-owners.js';
import { ok, refused } from '../../src/lib/result.js';

/** One line for each service, so that a line number is a service's place in the text, and its proxy is the service. */
const byLine: SectionOwners = {
  ofProxy: (proxy) => proxy,
  ofLine: (text, line) => text.split('\n')[line - 1],
};
const rejected = (words: string): HaproxyFault => ({ code: 'CONFIG_REJECTED', path: '/haproxy.cfg', words });
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `s${i}`);

/** HAProxy's verdict on the services in a text; undefined when it accepts them. */
type Verdict = (services: readonly string[]) => HaproxyFault | undefined;

function search(services: readonly string[], verdict: Verdict, overrides: Partial<CulpritSearch> = {}) {
  const seen: string[] = [];
  const verify = (text: string): Promise<HaproxyFault | undefined> => {
    seen.push(text);
    return Promise.resolve(verdict(text.split('\n').filter((line) => line !== '')));
  };
  const firstFault = verdict(services);
  if (!firstFault) throw new Error('nothing to search for');
  const input: CulpritSearch = {
    services,
    render: (without) => ok(services.filter((name) => !without.has(name)).join('\n')),
    owners: byLine,
    verify,
    firstFault,
    maxVerifications: 1_000,
    ...overrides,
  };
  return { result: findCulprits(input), seen };
}

/** Rejects, without a word of use, what holds one of `bad` or both of a pair. */
const mute =
  (bad: ReadonlySet<string>, pairs: readonly (readonly [string, string])[] = []): Verdict =>
  (services) => {
    const wrong = services.filter((name) => bad.has(name));
    const both = pairs.filter((pair) => pair.every((name) => services.includes(name)));
    return wrong.length + both.length > 0 ? rejected(`something is wrong ${wrong.length}`) : undefined;
  };

/** Names up to a dozen of the bad ones by their lines, as HAProxy does. */
const talkative =
  (bad: ReadonlySet<string>): Verdict =>
  (services) => {
    const alerts = services.flatMap((name, i) =>
      bad.has(name) ? [`[ALERT] parsing [/haproxy.cfg:${i + 1}] : ${name}`] : [],
    );
    return alerts.length > 0 ? rejected(alerts.slice(0, 12).join('\n')) : undefined;
  };

const most = (count: number): number => Math.max(1, Math.min(count - 1, Math.max(3, Math.floor(count / 2))));
const allowed = (count: number, culprits: number): number => culprits * (Math.ceil(Math.log2(count)) + 4);

const aFew = fc.integer({ min: 1, max: 300 }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    bad: fc.uniqueArray(fc.nat(count - 1), { minLength: 1, maxLength: Math.min(5, most(count)) }),
  }),
);

describe('by halves', () => {
  test('exactly the culprits are set aside, for at most log2(n) + 4 verifications each', async () => {
    await fc.assert(
      fc.asyncProperty(aFew, async ({ count, bad }) => {
        const culprits = new Set(bad.map((i) => `s${i}`));
        const result = await search(names(count), mute(culprits)).result;
        if ('fault' in result) throw new Error(JSON.stringify(result));
        expect(new Set(result.setAside.keys())).toEqual(culprits);
        expect(result.text).toBe(
          names(count)
            .filter((name) => !culprits.has(name))
            .join('\n'),
        );
        expect(result.verifications).toBeLessThanOrEqual(allowed(count, culprits.size));
      }),
    );
  });

  test('of two that only fail together one is set aside', async () => {
    const pairs = fc
      .integer({ min: 2, max: 300 })
      .chain((count) =>
        fc.tuple(fc.constant(count), fc.uniqueArray(fc.nat(count - 1), { minLength: 2, maxLength: 2 })),
      );
    await fc.assert(
      fc.asyncProperty(pairs, async ([count, [a, b]]) => {
        const result = await search(names(count), mute(new Set(), [[`s${a}`, `s${b}`]])).result;
        if ('fault' in result) throw new Error(JSON.stringify(result));
        expect([...result.setAside.keys()]).toEqual([`s${Math.max(a!, b!)}`]);
        expect(result.verifications).toBeLessThanOrEqual(allowed(count, 1));
      }),
    );
  });

  test('each culprit is told with the words that were said when it came in', async () => {
    const verdict: Verdict = (services) =>
      services.includes('s7')
        ? rejected('[ALERT] seven is bad')
        : services.includes('s3')
          ? rejected('three')
          : undefined;
    const result = await search(names(20), verdict).result;
    expect(result).toMatchObject({
      setAside: new Map([
        ['s3', 'three'],
        ['s7', '[ALERT] seven is bad'],
      ]),
    });
  });

  test('a service with which the template fails is a culprit like any other', async () => {
    const failed: HaproxyFault = { code: 'TEMPLATE_FAILED', path: 't.hbs', line: 3, reason: '"Image" not defined' };
    const result = await search(names(16), () => failed, {
      render: (without) => (without.has('s5') ? ok('') : refused(failed)),
      verify: () => Promise.resolve(undefined),
    }).result;
    expect(result).toMatchObject({ setAside: new Map([['s5', '"Image" not defined']]) });
  });

  test('a template that cannot be read ends the search', async () => {
    const fault: HaproxyFault = { code: 'TEMPLATE_MISSING', path: 't.hbs' };
    const result = await search(names(4), mute(new Set(['s1'])), { render: () => refused(fault) }).result;
    expect(result).toEqual({ fault, verifications: 0 });
  });
});

describe("HAProxy's words", () => {
  test('settle it with one verification for a dozen culprits', async () => {
    const bad = new Set(['s2', 's30', 's41']);
    const { result, seen } = search(names(50), talkative(bad));
    expect(await result).toMatchObject({
      setAside: new Map(
        [...bad].map((name) => [name, `parsing [/haproxy.cfg:${Number(name.slice(1)) + 1}] : ${name}`]),
      ),
      verifications: 1,
    });
    expect(seen).toHaveLength(1);
  });

  test('are believed again while they name more', async () => {
    const bad = new Set(names(40));
    const result = await search(names(100), talkative(bad)).result;
    if ('fault' in result) throw new Error(JSON.stringify(result));
    expect(new Set(result.setAside.keys())).toEqual(bad);
    expect(result.verifications).toBe(4);
  });

  test('that blame one innocent after the other are given up, and the innocents are served', async () => {
    const last: Verdict = (services) =>
      services.includes('s4')
        ? rejected(`[ALERT] parsing [/haproxy.cfg:${services.length}] : missing .endif`)
        : undefined;
    const result = await search(names(64), last).result;
    if ('fault' in result) throw new Error(JSON.stringify(result));
    expect([...result.setAside.keys()]).toEqual(['s4']);
    expect(result.verifications).toBeLessThanOrEqual(allowed(64, 1));
  });

  test('and halves together find those that are named and those that are not', async () => {
    const spoken = talkative(new Set(['s9', 's10']));
    const silent = mute(new Set(['s40']));
    const result = await search(names(64), (services) => spoken(services) ?? silent(services)).result;
    if ('fault' in result) throw new Error(JSON.stringify(result));
    expect([...result.setAside.keys()].sort()).toEqual(['s10', 's40', 's9']);
    expect(result.verifications).toBeLessThanOrEqual(allowed(64, 3));
  });
});

describe('no service is at fault', () => {
  test('when the template does not verify without them', async () => {
    const { result } = search(names(100), () => rejected('[ALERT] parsing [/haproxy.cfg:500] : global'));
    expect(await result).toEqual({ fault: rejected('[ALERT] parsing [/haproxy.cfg:500] : global'), verifications: 1 });
  });

  test.each([2, 3, 8, 50])('when all %d are: the template spoils them', async (count) => {
    for (const verdict of [mute(new Set(names(count))), talkative(new Set(names(count)))]) {
      expect(await search(names(count), verdict).result).toMatchObject({ fault: { code: 'CONFIG_REJECTED' } });
    }
  });

  test('when HAProxy gives no verdict', async () => {
    const fault: HaproxyFault = { code: 'VERIFY_UNFINISHED', command: 'haproxy -c', reason: 'timed out' };
    const result = await search(names(10), mute(new Set(['s1'])), { verify: () => Promise.resolve(fault) }).result;
    expect(result).toEqual({ fault, verifications: 1 });
  });

  test('when it would take too many verifications', async () => {
    const { result, seen } = search(names(200), mute(new Set(['s1', 's100', 's150'])), { maxVerifications: 12 });
    expect(await result).toMatchObject({ fault: { code: 'CONFIG_REJECTED' }, verifications: 12 });
    expect(seen).toHaveLength(12);
  });

  test('when nothing is left to listen on', async () => {
    const none: HaproxyFault = { code: 'CONFIG_WITHOUT_LISTENER', path: '/haproxy.cfg' };
    const bad = mute(new Set(['s0']));
    const verdict: Verdict = (services) => (services.length === 0 ? none : bad(services));
    expect(await search(['s0'], verdict).result).toMatchObject({ fault: { code: 'CONFIG_REJECTED' } });
    expect(await search(['s0', 's1'], verdict).result).toMatchObject({
      setAside: new Map([['s0', expect.anything()]]),
    });
  });
});

test('a service that is alone and bad is set aside', async () => {
  expect(await search(['s0'], mute(new Set(['s0']))).result).toMatchObject({
    setAside: new Map([['s0', 'something is wrong 1']]),
    text: '',
  });
});
