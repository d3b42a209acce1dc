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
