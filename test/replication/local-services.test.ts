import { beforeEach, describe, expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { LocalServices } from '../../src/replication/local-services.js';
import { Status } from '../../src/service/service.js';
import { discovered, record } from '../support/records.js';
import { FakeClock, fakeWall } from '../support/time.js';

const ID = discovered().id;
const PASSED = { status: 'healthy', reason: 'check-passed', output: '200 OK' } as const;
const FAILED = { status: 'failed', reason: 'check-failed', output: 'refused' } as const;

describe('the records of this host', () => {
  let clock: FakeClock;
  let catalog: Catalog;
  let local: LocalServices;
  let story: string[];

  beforeEach(() => {
    clock = new FakeClock();
    catalog = new Catalog({ clusterName: 'default', hostname: 'h1' }, clock);
    local = new LocalServices({ hostname: 'h1', sources: ['static'] }, { catalog, clock, wall: fakeWall(clock) });
    story = [];
    catalog.onChange(({ service, previousStatus, reason }) =>
      story.push(`${service.id} ${previousStatus}→${service.status} ${reason}`),
    );
  });

  test('a new instance is announced when its first check ends', () => {
    local.listed('static', [discovered()]);
    expect(story).toEqual([]);
    expect(local.isSettled()).toBe(false);
    local.checked(ID, PASSED);
    expect(story).toEqual([`${ID} 3→0 check-passed`]);
    expect(local.isSettled()).toBe(true);
  });

  test('or after one second as unhealthy, when that check takes longer', async () => {
    local.listed('static', [discovered()]);
    expect(local.nextDeadline()).toBe(1000);
    await clock.advance(999);
    local.announceOverdue();
    expect(story).toEqual([]);
    await clock.advance(1);
    local.announceOverdue();
    expect(story).toEqual([`${ID} 3→2 not-checked-yet`]);
    expect(local.nextDeadline()).toBeUndefined();
    local.checked(ID, PASSED);
    expect(story.at(-1)).toBe(`${ID} 2→0 check-passed`);
  });

  test('what a peer still knows to be alive keeps its status until a check of ours has ended', () => {
    catalog.merge(record({ created: 42n }), { reason: 'received' });
    local.listed('static', [discovered()]);
    expect(local.nextDeadline()).toBeUndefined();
    expect(catalog.get('h1', ID)).toMatchObject({ status: Status.Alive, created: 42n });
    local.checked(ID, FAILED);
    expect(story.at(-1)).toBe(`${ID} 0→2 check-failed`);
  });

  test('a known tombstone is no status to keep: the instance starts anew', () => {
    catalog.merge(record({ status: Status.Tombstone }), { reason: 'received' });
    local.listed('static', [discovered()]);
    expect(local.nextDeadline()).toBe(1000);
    local.checked(ID, PASSED);
    expect(catalog.get('h1', ID)?.status).toBe(Status.Alive);
  });

  test('a result that changes nothing is no event, and one for an unknown id is nothing at all', () => {
    local.listed('static', [discovered()]);
    local.checked(ID, PASSED);
    local.checked(ID, PASSED);
    local.checked('nobody', FAILED);
    expect(story).toHaveLength(1);
  });

  test('what is no longer listed is buried at once, by its source only', () => {
    const other = discovered({ id: 'bbbbbbbbbbbb' });
    local.listed('static', [discovered()]);
    local.listed('docker', [other]);
    local.checked(ID, PASSED);
    local.checked(other.id, PASSED);
    local.listed('docker', []);
    expect(story.at(-1)).toBe(`${other.id} 0→1 gone`);
    expect(catalog.get('h1', ID)?.status).toBe(Status.Alive);
    local.checked(other.id, PASSED); // a check that was still running
    expect(catalog.get('h1', other.id)?.status).toBe(Status.Tombstone);
  });

  test('a target exported for another host is buried there', () => {
    const exported = discovered({ hostname: 'elsewhere' });
    local.listed('static', [exported]);
    local.checked(ID, PASSED);
    local.listed('static', []);
    expect(catalog.get('elsewhere', ID)?.status).toBe(Status.Tombstone);
  });

  test('nothing is declared gone before every source has listed (fault 36)', () => {
    catalog.merge(record({ id: 'cccccccccccc' }), { reason: 'received' });
    local.refresh();
    expect(catalog.get('h1', 'cccccccccccc')?.status).toBe(Status.Alive);
    expect(local.unlistedSources()).toEqual(['static']);
    local.listed('static', []);
    expect(catalog.get('h1', 'cccccccccccc')?.status).toBe(Status.Tombstone);
  });

  test('records of a predecessor learnt later are buried at the next refresh, those of other hosts never', () => {
    local.listed('static', []);
    catalog.merge(record({ id: 'dddddddddddd' }), { reason: 'received' });
    catalog.merge(record({ hostname: 'h2' }), { reason: 'received' });
    local.refresh();
    expect(catalog.get('h1', 'dddddddddddd')?.status).toBe(Status.Tombstone);
    expect(catalog.get('h2', ID)?.status).toBe(Status.Alive);
  });

  test('a refresh moves only the time, strictly forward', async () => {
    local.listed('static', [discovered()]);
    local.checked(ID, PASSED);
    const before = catalog.get('h1', ID);
    await clock.advance(1000);
    local.refresh();
    const after = catalog.get('h1', ID);
    expect(after?.updated).toBeGreaterThan(before?.updated ?? 0n);
    expect({ ...after, updated: 0 }).toEqual({ ...before, updated: 0 });
    expect(story).toHaveLength(1);
  });

  test('a version of our record from the future is overruled, not obeyed (fault 14)', () => {
    local.listed('static', [discovered()]);
    local.checked(ID, PASSED);
    const future = (catalog.get('h1', ID)?.updated ?? 0n) + 10n ** 18n;
    catalog.merge(record({ updated: future, ports: [{ type: 'tcp', port: 1, servicePort: 9999, ip: '6.6.6.6' }] }), {
      reason: 'received',
    });
    local.refresh();
    expect(catalog.get('h1', ID)).toMatchObject({ updated: future + 1n, ports: discovered().ports });
  });

  test('a changed description is announced at once, with the status it has', () => {
    local.listed('static', [discovered()]);
    local.checked(ID, PASSED);
    local.listed('static', [discovered({ image: 'web:2' })]);
    expect(story.at(-1)).toBe(`${ID} 0→0 described`);
    expect(catalog.get('h1', ID)?.image).toBe('web:2');
  });

  describe('told by a peer', () => {
    const later = (overrides: Parameters<typeof record>[0] = {}): ReturnType<typeof record> =>
      record({ updated: (catalog.get('h1', ID)?.updated ?? 0n) + 10n ** 9n, ...overrides });

    beforeEach(() => {
      local.listed('static', [discovered()]);
    });

    test('are ours by id and host name', () => {
      expect(local.isOurs(record())).toBe(true);
      expect(local.isOurs(record({ hostname: 'h2' }))).toBe(false);
      expect(local.isOurs(record({ id: 'bbbbbbbbbbbb' }))).toBe(false);
    });

    test('to be dead are answered with a later version, and nobody here ever sees them dead', () => {
      local.checked(ID, PASSED);
      const tombstone = later({ status: Status.Tombstone });
      const answer = local.overrule(tombstone);
      expect(answer).toMatchObject({ status: Status.Alive, updated: tombstone.updated + 1n });
      expect(catalog.get('h1', ID)).toEqual(answer);
      expect(story).toEqual([`${ID} 3→0 check-passed`]);
    });

    test('to be as we say need no answer', () => {
      local.checked(ID, PASSED);
      const { created } = catalog.get('h1', ID) ?? record();
      const same = later({ created });
      expect(local.overrule(same)).toBeUndefined();
      expect(catalog.get('h1', ID)?.updated).toBe(same.updated);
    });

    test('to be alive are so while the first check is under way', () => {
      expect(local.overrule(record())).toBeUndefined();
      expect(local.nextDeadline()).toBeUndefined();
      expect([...local.announced()]).toMatchObject([{ id: ID, status: Status.Alive }]);
      local.checked(ID, FAILED);
      expect(story.at(-1)).toBe(`${ID} 0→2 check-failed`);
    });

    test('to be dead while the first check is under way still wait for it', () => {
      expect(local.overrule(record({ status: Status.Tombstone }))).toBeUndefined();
      expect(local.nextDeadline()).toBe(1000);
      expect([...local.announced()]).toEqual([]);
    });
  });

  describe('drained', () => {
    const status = (): number | undefined => catalog.get('h1', ID)?.status;
    const told = (overrides: Parameters<typeof record>[0] = {}): ReturnType<typeof record> =>
      record({
        created: catalog.get('h1', ID)?.created ?? 0n,
        updated: (catalog.get('h1', ID)?.updated ?? 0n) - 1n,
        ...overrides,
      });
    const second = async (): Promise<void> => {
      await clock.advance(1000);
      local.refresh();
    };

    test('are so at once and at every refresh, and only those of this host can be', async () => {
      local.listed('static', [discovered()]);
      local.checked(ID, PASSED);
      catalog.merge(record({ hostname: 'h2', id: 'bbbbbbbbbbbb' }), { reason: 'received' });
      expect(local.drain('bbbbbbbbbbbb')).toBeUndefined();
      expect(local.endDrain('bbbbbbbbbbbb')).toBeUndefined();
      expect(local.drain(ID)?.name).toBe('web');
      expect(story.at(-1)).toBe(`${ID} 0→4 draining`);
      const { updated = 0n } = catalog.get('h1', ID) ?? {};
      await second();
      expect(catalog.get('h1', ID)).toMatchObject({ status: Status.Draining });
      expect(catalog.get('h1', ID)?.updated).toBeGreaterThan(updated);
      expect(story).toHaveLength(3);
    });

    test('are unhealthy while their check fails, and drain again when it has recovered', () => {
      local.listed('static', [discovered()]);
      local.checked(ID, PASSED);
      local.drain(ID);
      local.checked(ID, FAILED);
      expect(story.at(-1)).toBe(`${ID} 4→2 check-failed`);
      local.drain(ID);
      expect(status()).toBe(Status.Unhealthy);
      local.checked(ID, PASSED);
      expect(story.at(-1)).toBe(`${ID} 2→4 check-passed`);
    });

    test('are unhealthy for two seconds after the end, then what their check says', async () => {
      local.listed('static', [discovered()]);
      local.checked(ID, PASSED);
      local.drain(ID);
      local.endDrain(ID);
      expect(story.at(-1)).toBe(`${ID} 4→2 drain-ended`);
      expect(local.drainOf(ID)?.sinceNs).toBeUndefined();
      await second();
      expect(status()).toBe(Status.Unhealthy);
      await second();
      expect(story.at(-1)).toBe(`${ID} 2→0 drain-ended`);
      local.endDrain(ID);
      expect(status()).toBe(Status.Alive);
    });

    test('whose check fails when the drain ends stay unhealthy', async () => {
      local.listed('static', [discovered()]);
      local.checked(ID, PASSED);
      local.drain(ID);
      local.checked(ID, FAILED);
      local.endDrain(ID);
      await second();
      await second();
      expect(story.at(-1)).toBe(`${ID} 4→2 check-failed`);
      local.checked(ID, PASSED);
      expect(status()).toBe(Status.Alive);
    });

    test('do so since they were first told to, for as long as they do', async () => {
      const began = fakeWall(clock).nowNs();
      local.listed('static', [discovered()]);
      expect(local.drainOf(ID)?.sinceNs).toBeUndefined();
      local.drain(ID);
      await second();
      expect([local.drainOf(ID)?.sinceNs, local.drainOf('bbbbbbbbbbbb')?.sinceNs]).toEqual([began, undefined]);
    });

    test('for whom they drain is known, and told as the reason', () => {
      const details: (string | undefined)[] = [];
      catalog.onChange(({ reason, detail }) => {
        if (reason === 'draining') details.push(detail);
      });
      local.listed('static', [discovered()]);
      local.checked(ID, PASSED);
      local.drain(ID, 60_000, 'stop');
      expect(local.drainOf(ID)?.cause).toBe('stop');
      local.endDrain(ID);
      local.drain(ID);
      expect(local.drainOf(ID)?.cause).toBe('operator');
      expect(details).toEqual(['its container was told to stop', 'by an operator']);
    });

    test('for a while end by themselves', async () => {
      local.listed('static', [discovered()]);
      local.checked(ID, PASSED);
      local.drain(ID, 1500);
      await second();
      expect(status()).toBe(Status.Draining);
      await second();
      expect(story.at(-1)).toBe(`${ID} 4→2 drain-ended`);
    });

    test('before their first check has ended drain as soon as it has', () => {
      local.listed('static', [discovered()]);
      local.drain(ID);
      expect(story).toEqual([]);
      local.checked(ID, PASSED);
      expect(story).toEqual([`${ID} 3→4 check-passed`]);
    });

    test('are alive when they reappear after their end', () => {
      local.listed('static', [discovered()]);
      local.checked(ID, PASSED);
      local.drain(ID);
      const draining = told({ status: Status.Draining });
      local.listed('static', []);
      expect(status()).toBe(Status.Tombstone);
      local.listed('static', [discovered()]);
      local.checked(ID, PASSED);
      expect(status()).toBe(Status.Alive);
      expect(local.isNewsToUs(draining) && local.overrule(draining)?.status).not.toBe(Status.Draining);
    });

    test('still drain after a leave that was no end of theirs', () => {
      local.listed('static', [discovered()]);
      local.checked(ID, PASSED);
      local.drain(ID);
      local.withdraw();
      expect(local.drains.kept()).toMatchObject([{ id: ID, isOver: false }]);
    });

    test('in a former life, and not found any more, are forgotten once every source has listed', () => {
      local.drains.restore([{ hostname: 'h1', id: 'cccccccccccc', sinceNs: 0n, untilNs: undefined, isOver: false }]);
      local.refresh();
      expect(local.drains.kept()).toMatchObject([{ isOver: false }]);
      local.listed('static', []);
      expect(local.drains.kept()).toMatchObject([{ isOver: true }]);
    });

    test('as the catalog was kept still drain, whatever became of the list of drains', () => {
      const kept = record({ status: Status.Draining });
      catalog.restore([kept]);
      local.listed('static', [discovered()]);
      expect(status()).toBe(Status.Draining);
      expect(local.drainOf(ID)?.sinceNs).toBe(kept.updated);
      local.checked(ID, FAILED);
      local.checked(ID, PASSED);
      expect(status()).toBe(Status.Draining);
      local.endDrain(ID);
      expect(status()).toBe(Status.Unhealthy);
    });

    test('as the list was kept drain though the catalog is older, and are not so though it is when the drain is over', () => {
      local.drains.restore([{ hostname: 'h1', id: ID, sinceNs: 0n, untilNs: undefined, isOver: false }]);
      const other = discovered({ id: 'bbbbbbbbbbbb' });
      local.drains.restore([{ hostname: 'h1', id: other.id, sinceNs: 0n, untilNs: undefined, isOver: true }]);
      catalog.restore([record(), record({ id: other.id, status: Status.Draining })]);
      local.listed('static', [discovered(), other]);
      expect(status()).toBe(Status.Draining);
      expect(catalog.get('h1', other.id)?.status).toBe(Status.Unhealthy); // ends it once more, for peers that missed it
    });

    test('right before the agent was killed are learnt back from peers, by whatever version they hold', () => {
      catalog.restore([record()]);
      local.listed('static', [discovered()]);
      const old = told({ status: Status.Draining });
      expect(local.isNewsToUs(old)).toBe(true);
      expect(local.overrule(old)).toMatchObject({ status: Status.Draining });
      expect(story.at(-1)).toBe(`${ID} 0→4 draining`);
      expect(local.isNewsToUs(old)).toBe(false);
    });

    test('by nothing but the word of a peer, long after our start, they are not', async () => {
      local.listed('static', [discovered()]);
      local.checked(ID, PASSED);
      await clock.advance(80_000);
      expect(local.isNewsToUs(told({ status: Status.Draining }))).toBe(false);
      const later = told({ status: Status.Draining, updated: (catalog.get('h1', ID)?.updated ?? 0n) + 1n });
      expect(local.overrule(later)?.status).toBe(Status.Alive);
    });

    test('for peers that missed the end are unhealthy once more, after a minute', async () => {
      local.listed('static', [discovered()]);
      local.checked(ID, PASSED);
      local.drain(ID);
      local.endDrain(ID);
      await clock.advance(59_000);
      local.refresh();
      expect([status(), local.isNewsToUs(told({ status: Status.Draining }))]).toEqual([Status.Alive, false]);
      await clock.advance(1_000);
      expect(local.isNewsToUs(told({ status: Status.Draining }))).toBe(true);
      expect(local.overrule(told({ status: Status.Draining }))).toMatchObject({ status: Status.Unhealthy });
      await second();
      await second();
      expect(status()).toBe(Status.Alive);
    });
  });

  describe('with weight and slow start', () => {
    const DEFAULTS = { weight: 100, slowStartMs: 0 };
    const ext = (): unknown => catalog.get('h1', ID)?.ext;

    test('carry what is asked for, and nothing when nothing ever was', () => {
      local.listed('static', [discovered()]);
      local.checked(ID, PASSED);
      expect(catalog.get('h1', ID)).not.toHaveProperty('ext');
      local.listed('static', [discovered({ weight: 50, slowStartMs: 10_000 })]);
      expect(ext()).toEqual({ weight: 50, slowStartMs: 10_000 });
      expect(story.at(-1)).toBe(`${ID} 0→0 described`);
      local.listed('static', [discovered({ slowStartMs: 10_000 })]);
      expect(ext()).toEqual({ slowStartMs: 10_000 });
    });

    test('take it back with the defaults, for as long as the instance lives', () => {
      local.listed('static', [discovered({ weight: 50 })]);
      local.checked(ID, PASSED);
      local.listed('static', [discovered()]);
      expect(ext()).toEqual(DEFAULTS);
      local.refresh();
      expect(ext()).toEqual(DEFAULTS);
    });

    test('take back what the kept catalog says of a former life', () => {
      catalog.restore([record({ ext: { weight: 50 } })]);
      local.listed('static', [discovered()]);
      expect(ext()).toEqual(DEFAULTS);
    });

    test.each([-1n, 0n, 1n])('take back what peers still know, in a version %d ns later than ours', (later) => {
      local.listed('static', [discovered()]);
      local.checked(ID, PASSED);
      const stored = catalog.get('h1', ID) ?? record();
      const seen = { ...stored, updated: stored.updated + later, ext: { weight: 50 } };
      expect(local.isNewsToUs(seen)).toBe(true);
      expect(local.overrule(seen)).toMatchObject({ ext: DEFAULTS });
      expect(local.isNewsToUs(seen)).toBe(false);
    });
  });

  test("withdrawn, all are dead, exported ones and a predecessor's too, and nothing brings them back", () => {
    const exported = discovered({ id: 'bbbbbbbbbbbb', hostname: 'elsewhere' });
    catalog.merge(record({ id: 'cccccccccccc' }), { reason: 'received' });
    local.listed('static', [discovered(), exported]);
    local.checked(ID, PASSED);
    local.checked(exported.id, PASSED);
    local.withdraw();
    const statuses = (): unknown[] => [
      catalog.get('h1', ID)?.status,
      catalog.get('h1', 'cccccccccccc')?.status,
      catalog.get('elsewhere', exported.id)?.status,
    ];
    expect(statuses()).toEqual([Status.Tombstone, Status.Tombstone, Status.Tombstone]);
    local.listed('static', [discovered(), exported]);
    local.checked(ID, PASSED);
    local.announceOverdue();
    catalog.merge(record({ updated: (catalog.get('h1', ID)?.updated ?? 0n) + 1n }), { reason: 'received' });
    local.refresh();
    expect(statuses()).toEqual([Status.Tombstone, Status.Tombstone, Status.Tombstone]);
  });
});
