import { describe, expect, test } from '@jest/globals';
import type { Status } from '../../../src/console/data/instance.js';
import { changeJson, FakeAgent, recordJson, stateJson } from '../support.js';

const LIVE = { state: 'live' };

function agentWith(...records: readonly Readonly<Record<string, unknown>>[]): FakeAgent {
  const agent = new FakeAgent();
  agent.answers.set('/api/state.json', stateJson(...records));
  agent.answers.set('/api/history', { events: [], oldest: '2026-11-23T11:00:00Z', isTruncated: false });
  agent.answers.set('/api/members', { members: [{ name: 'node1', state: 'alive', isSelf: true }] });
  return agent;
}

const statuses = (agent: FakeAgent): readonly Status[] =>
  agent.store.state().services.flatMap(({ instances }) => instances.map(({ status }) => status));

const ids = (agent: FakeAgent): readonly string[] =>
  agent.store.state().services.flatMap(({ instances }) => instances.map(({ id }) => id));

const startedJson = (id: number): Readonly<Record<string, unknown>> => ({
  ...{ id, time: '2026-11-23T12:05:00Z', kind: 'agent', what: 'started', text: 'it started' },
});

/** Until the next look asks for them. @returns what lets the question fail, which has no answer before */
async function untilMembersAreAsked(agent: FakeAgent): Promise<() => void> {
  let fail = (): void => undefined;
  const failure = new Promise((_, reject) => (fail = () => reject(new Error('timed out'))));
  agent.answers.set('/api/members', () => failure);
  await agent.clock.advance(10_000);
  return fail;
}

describe('the store', () => {
  test('knows the state, the members and that HAProxy is left alone, and is live', async () => {
    const agent = agentWith(recordJson(), recordJson({ ID: 'b1', Name: 'api' }));
    await agent.connect();
    const { link, clusterName, hostname, services, members, proxy } = agent.store.state();
    expect([link, clusterName, hostname, proxy]).toEqual([LIVE, 'blue', 'node1', 'none']);
    expect(services.map(({ name }) => name)).toEqual(['api', 'web']);
    expect(members?.map(({ name }) => name)).toEqual(['node1']);
    expect(agent.times('/api/history')).toBe(0);
    await agent.clock.advance(200);
    expect(agent.store.state().changesKnownSince).toBe(Date.parse('2026-11-23T11:00:00Z'));
  });

  test('takes a change as it is told, without asking for the state again, and leaves other services the same objects', async () => {
    const agent = agentWith(recordJson(), recordJson({ ID: 'b1', Name: 'api' }));
    await agent.connect();
    const before = agent.store.state().services;
    const changed = recordJson({ Status: 2, Updated: '2026-11-23T12:05:00Z' });
    await agent.tell(changeJson(7, changed, { detail: 'HTTP 503' }));
    const after = agent.store.state().services;
    expect(after[0]).toBe(before[0]);
    expect(after[1]?.instances[0]).toMatchObject({
      status: 'Unhealthy',
      detail: 'HTTP 503',
      changedAt: Date.parse('2026-11-23T12:05:00.250Z'),
    });
    expect(agent.times('/api/state.json')).toBe(1);
  });

  test('an instance that has another service by now is no more one of the other', async () => {
    const agent = agentWith(recordJson());
    await agent.connect();
    await agent.tell(changeJson(7, recordJson({ Name: 'shop', Updated: '2026-11-23T12:05:00Z' })));
    expect(agent.store.state().services.map(({ name, instances }) => [name, instances.length])).toEqual([['shop', 1]]);
  });

  test('tells once of many changes of a short time', async () => {
    const agent = agentWith(recordJson());
    await agent.connect();
    let told = 0;
    agent.store.subscribe(() => (told += 1));
    for (let id = 1; id <= 50; id += 1)
      agent.stream?.told('service', JSON.stringify(changeJson(id, recordJson({ Status: id % 2 ? 2 : 0 }))));
    await agent.clock.advance(100);
    expect(told).toBe(1);
  });

  test('misses nothing that happens while the state is on its way, and what is older than the state changes nothing', async () => {
    const agent = agentWith();
    let arrive = (): void => undefined;
    const newer = recordJson({ Updated: '2026-11-23T12:09:00Z' });
    agent.answers.set(
      '/api/state.json',
      () => new Promise((resolve) => (arrive = () => resolve(stateJson(newer, recordJson({ ID: 'b1' }))))),
    );
    await agent.connect();
    await agent.tell(changeJson(7, recordJson({ Status: 2 })));
    await agent.tell(changeJson(8, recordJson({ ID: 'b1', Status: 4, Updated: '2026-11-23T12:05:00Z' })));
    arrive();
    await agent.clock.advance(100);
    expect(statuses(agent)).toEqual(['Alive', 'Draining']);
  });

  test('what is removed is gone, and its service with it', async () => {
    const agent = agentWith(recordJson());
    await agent.connect();
    await agent.tell(changeJson(7, recordJson({ Status: 1, Updated: '2026-11-23T12:05:00Z' }), { what: 'removed' }));
    expect(agent.store.state().services).toEqual([]);
  });

  test('says since when it is not connected and of when what it shows is, and connects again behind the last event', async () => {
    const agent = agentWith(recordJson());
    await agent.connect();
    await agent.tell(changeJson(7, recordJson()));
    await agent.clock.advance(2_000);
    const lostAt = agent.clock.now();
    agent.isDown = true;
    agent.stream?.ended();
    expect(agent.store.state().link).toEqual({ state: 'lost', since: lostAt, shownFrom: expect.any(Number) });
    await agent.clock.advance(600);
    expect(agent.opened).toEqual(['/api/events', '/api/events?after=7']);
    agent.isDown = false;
    await agent.accept();
    expect(agent.store.state().link).toEqual(LIVE);
    expect(agent.times('/api/state.json')).toBe(1);
  });

  test('the pause between attempts grows to a bound, and whoever looks need not wait', async () => {
    const agent = agentWith(recordJson());
    await agent.connect();
    agent.isDown = true;
    const pauses: number[] = [];
    for (let i = 0; i < 7; i += 1) {
      const opened = agent.opened.length;
      const since = agent.clock.now();
      agent.stream?.ended();
      while (agent.opened.length === opened) await agent.clock.advance(100);
      pauses.push(agent.clock.now() - since);
    }
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
    agent.stream?.ended();
    const opened = agent.opened.length;
    agent.store.hurry();
    expect(agent.opened).toHaveLength(opened + 1);
  });

  test('the pause grows too where the stream opens and the state cannot be read, and is short again after a good time', async () => {
    const agent = agentWith(recordJson());
    agent.answers.set('/api/state.json', 'no state');
    agent.store.start();
    for (let i = 0; i < 300; i += 1) {
      if (agent.stream) agent.stream.opened();
      await agent.clock.advance(100);
    }
    expect(agent.times('/api/state.json')).toBeLessThan(12);
    agent.answers.set('/api/state.json', stateJson(recordJson()));
    while (!agent.stream) await agent.clock.advance(100);
    await agent.accept();
    await agent.clock.advance(6_000);
    agent.stream.ended();
    const opened = agent.opened.length;
    await agent.clock.advance(600);
    expect(agent.opened.length).toBe(opened + 1);
  });

  test('an agent that takes the connection and says nothing is tried anew', async () => {
    const agent = agentWith();
    agent.store.start();
    await agent.clock.advance(11_000);
    expect(agent.opened.length).toBe(2);
  });

  test('a connection that died in silence is found out by the next look', async () => {
    const agent = agentWith(recordJson());
    await agent.connect();
    agent.isDown = true;
    await agent.clock.advance(10_500);
    expect(agent.store.state().link.state).toBe('lost');
  });

  test.each([
    ['a gap', 'gap', { lost: null, oldest: 1 }],
    ['the start of another agent', 'agent', startedJson(1)],
  ])('after %s the state is asked for again', async (_, kind, data) => {
    const agent = agentWith(recordJson());
    await agent.connect();
    agent.answers.set('/api/state.json', stateJson(recordJson({ Status: 3 })));
    agent.stream?.told(kind, JSON.stringify(data));
    await agent.clock.advance(100);
    expect(statuses(agent)).toEqual(['Unknown']);
  });

  test('what earlier runs of the agent told counts for nothing beside the state of this one', async () => {
    const agent = agentWith(recordJson());
    await agent.connect();
    let arrive = (): void => undefined;
    agent.answers.set(
      '/api/state.json',
      () => new Promise((resolve) => (arrive = () => resolve(stateJson(recordJson())))),
    );
    agent.stream?.told('gap', JSON.stringify({ lost: 9, oldest: 1 }));
    await agent.tell(changeJson(1, recordJson({ ID: 'gone-meanwhile' })));
    await agent.tell(startedJson(2));
    await agent.tell(changeJson(3, recordJson({ ID: 'new' })));
    arrive();
    await agent.clock.advance(100);
    expect(ids(agent)).toEqual(['a1', 'new']);
    expect(agent.store.state().events.map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  test('another agent in the place of the one before is found out by its name, and all is asked of it anew', async () => {
    const agent = agentWith(recordJson());
    await agent.connect();
    await agent.tell(changeJson(7, recordJson()));
    agent.stream?.ended();
    agent.answers.set('/api/state.json', { ...Object(stateJson(recordJson({ ID: 'b1' }))), Hostname: 'node2' });
    agent.answers.set('/api/members', { members: [{ name: 'node2', state: 'alive', isSelf: true }] });
    await agent.clock.advance(600);
    await agent.accept();
    const { hostname, members, events, link } = agent.store.state();
    expect([hostname, members?.map(({ name }) => name), events, link]).toEqual(['node2', ['node2'], [], LIVE]);
    expect(ids(agent)).toEqual(['b1']);
    expect(agent.times('/api/state.json')).toBe(2);
  });

  test('after the journal was lost its events count from the first, though their ids are lower', async () => {
    const agent = agentWith(recordJson());
    await agent.connect();
    await agent.tell(changeJson(900, recordJson()));
    agent.stream?.told('gap', JSON.stringify({ lost: null, oldest: 1 }));
    await agent.clock.advance(100);
    await agent.tell(changeJson(2, recordJson({ Updated: '2026-11-23T12:07:00Z' }), { time: '2026-11-23T12:07:00Z' }));
    expect(agent.store.state().services[0]?.instances[0]?.changedAt).toBe(Date.parse('2026-11-23T12:07:00Z'));
  });

  test('what the journal did not tell of a state is asked for again with the next connection', async () => {
    const agent = agentWith(recordJson());
    await agent.connect();
    await agent.tell(changeJson(7, recordJson()));
    await agent.clock.advance(1_000);
    const before = agent.times('/api/history');
    agent.stream?.told('gap', JSON.stringify({ lost: null, oldest: 1 }));
    await agent.clock.advance(100);
    agent.stream?.ended();
    await agent.clock.advance(1_000);
    expect(agent.times('/api/history')).toBe(before);
    agent.stream?.opened();
    await agent.clock.advance(1_000);
    expect(agent.times('/api/history')).toBe(before + 1);
  });

  test('of a journal that was lost no event is left beside those that now have its ids', async () => {
    const agent = agentWith(recordJson());
    await agent.connect();
    for (const id of [2, 3, 4]) await agent.tell(changeJson(id, recordJson()));
    agent.stream?.told('gap', JSON.stringify({ lost: null, oldest: 1 }));
    await agent.tell(changeJson(3, recordJson(), { time: '2026-11-23T12:07:00Z' }));
    await agent.tell(changeJson(4, recordJson(), { time: '2026-11-23T12:07:01Z' }));
    expect(agent.store.state().events.map(({ id }) => id)).toEqual([2, 3, 4]);
  });

  test('an agent that leaves HAProxy alone is asked for it again only when it may have begun anew', async () => {
    const agent = agentWith(recordJson());
    await agent.connect();
    await agent.clock.advance(60_000);
    expect(agent.times('/api/proxy')).toBe(1);
    agent.answers.set('/api/proxy', {});
    agent.stream?.told('gap', JSON.stringify({ lost: null, oldest: 1 }));
    await agent.clock.advance(10_500);
    expect(agent.times('/api/proxy')).toBe(3);
  });

  test('an agent that says that it leaves HAProxy alone is not asked for it at all', async () => {
    const agent = agentWith(recordJson());
    agent.answers.set('/api/convergence', { hasProxy: false, hosts: [] });
    agent.answers.set('/api/proxy', {});
    await agent.connect();
    expect(agent.store.state().proxy).toBe('none');
    expect(agent.times('/api/proxy')).toBe(0);
  });

  test('once HAProxy was told of, only that is asked for', async () => {
    const agent = agentWith(recordJson());
    agent.answers.set('/api/convergence', { hasProxy: true, hosts: [] });
    agent.answers.set('/api/proxy', {});
    await agent.connect();
    await agent.clock.advance(25_000);
    expect(agent.times('/api/proxy')).toBe(3);
    expect(agent.times('/api/convergence')).toBe(1);
  });

  test('a question of before the connection was lost does not end the next one', async () => {
    const agent = agentWith(recordJson());
    await agent.connect();
    const fail = await untilMembersAreAsked(agent);
    agent.answers.set('/api/members', { members: [] });
    agent.stream?.ended();
    await agent.clock.advance(600);
    await agent.accept();
    fail();
    await agent.clock.advance(100);
    expect(agent.store.state().link).toEqual(LIVE);
  });

  test('follows a clock that is set while the page is open, and not each second of its answers', async () => {
    const agent = agentWith(recordJson());
    agent.aheadMs = 60_000;
    await agent.connect();
    expect(agent.store.state().agentAheadMs).toBe(60_000);
    agent.aheadMs = 59_100;
    await agent.clock.advance(10_000);
    expect(agent.store.state().agentAheadMs).toBe(60_000);
    agent.aheadMs = -400;
    await agent.clock.advance(10_000);
    expect(agent.store.state().agentAheadMs).toBe(0);
  });

  test('asks once for what many events hint at', async () => {
    const agent = agentWith(recordJson());
    await agent.connect();
    const before = agent.times('/api/members');
    for (let id = 1; id <= 20; id += 1)
      await agent.tell({
        id,
        time: '2026-11-23T12:05:00Z',
        kind: 'member',
        what: 'joined',
        host: 'node2',
        text: 'joined',
      });
    expect(agent.times('/api/members') - before).toBeLessThanOrEqual(9);
    expect(agent.times('/api/members') - before).toBeGreaterThan(0);
  });

  test('what the journal tells of before says since when instances are as they are, and what their checks showed', async () => {
    const agent = agentWith(recordJson());
    agent.answers.set('/api/history', {
      events: [
        changeJson(3, recordJson({ Status: 2 }), { time: '2026-11-23T11:30:00Z' }),
        {
          ...{ id: 4, time: '2026-11-23T11:31:00Z', kind: 'check', what: 'failed', text: 'it failed' },
          ...{ service: 'web', host: 'node1', instance: 'a1', detail: 'HTTP 503' },
        },
      ],
      isTruncated: true,
    });
    await agent.connect();
    await agent.clock.advance(200);
    expect(agent.store.state().services[0]?.instances[0]).toMatchObject({
      status: 'Alive',
      changedAt: Date.parse('2026-11-23T11:30:00Z'),
      check: { what: 'failed', output: 'HTTP 503' },
    });
  });

  test('keeps the newest thousand events, and no timer when it is stopped', async () => {
    const agent = agentWith(recordJson());
    await agent.connect();
    for (let id = 1; id <= 1_005; id += 1) agent.stream?.told('service', JSON.stringify(changeJson(id, recordJson())));
    const { events } = agent.store.state();
    expect([events.length, events[0]?.id, events.at(-1)?.id]).toEqual([1_000, 6, 1_005]);
    agent.store.stop();
    expect(agent.clock.armed).toBe(0);
  });

  test('an agent that cannot be reached at first is named as the reason, and asked again', async () => {
    const agent = agentWith(recordJson());
    agent.isDown = true;
    await agent.connect();
    expect(agent.store.state().link).toEqual({ state: 'connecting', fault: 'connection refused' });
    agent.isDown = false;
    await agent.clock.advance(600);
    await agent.accept();
    expect(agent.store.state().link).toEqual(LIVE);
  });
});

describe('the store of an agent that tells of no events', () => {
  test('says so when the agent answers all the same, as with too many readers, and tries again', async () => {
    const agent = agentWith(recordJson());
    agent.store.start();
    agent.stream?.ended();
    await agent.clock.advance(100);
    expect(agent.store.state().link).toMatchObject({ fault: expect.stringContaining('stream of its events') });
    await agent.clock.advance(500);
    await agent.accept();
    expect(agent.store.state().link).toEqual(LIVE);
  });

  function original(): FakeAgent {
    const agent = new FakeAgent();
    agent.answers.set('/api/state.json', stateJson(recordJson()));
    return agent;
  }

  const refuse = async (agent: FakeAgent): Promise<void> => {
    agent.stream?.ended();
    await agent.clock.advance(100);
  };

  test('asks for its state each 5 s, and says so', async () => {
    const agent = original();
    agent.store.start();
    await refuse(agent);
    expect(agent.store.state().link).toEqual({ state: 'polled', everyMs: 5_000, isPlain: true });
    expect(statuses(agent)).toEqual(['Alive']);
    agent.answers.set('/api/state.json', stateJson(recordJson({ Status: 2 })));
    await agent.clock.advance(5_000);
    expect(statuses(agent)).toEqual(['Unhealthy']);
    expect(agent.opened).toHaveLength(1);
  });

  test('who has neither events nor a state, as a cluster that the agent does not know, is asked less and less', async () => {
    const agent = new FakeAgent();
    agent.answers.set('/api/history', () => void (agent.isDown = agent.asked.length > 200)); // else it might never end
    agent.store.start();
    for (let i = 0; i < 300; i += 1) await refuse(agent);
    expect(agent.store.state().link.state).toBe('connecting');
    expect(agent.times('/api/')).toBeLessThan(30); // in half a minute, three questions each time
    agent.answers.set('/api/state.json', stateJson(recordJson()));
    await agent.clock.advance(5_000);
    await refuse(agent);
    expect(agent.store.state().link.state).toBe('polled');
  });

  test('is asked for all that it has when its events do not open though it answers, and tried again each minute', async () => {
    const agent = agentWith(recordJson());
    agent.store.start();
    await refuse(agent);
    await agent.clock.advance(1_000);
    await refuse(agent);
    expect(agent.store.state().link).toEqual({ state: 'polled', everyMs: 5_000, isPlain: false });
    expect(agent.store.state()).toMatchObject({ proxy: 'none', members: [{ name: 'node1' }] });
    expect(agent.store.state().changesKnownSince).toBe(Date.parse('2026-11-23T11:00:00Z'));
    agent.answers.set('/api/members', { members: [{ name: 'node2', state: 'alive', isSelf: true }] });
    agent.answers.set('/api/state.json', stateJson(recordJson({ Status: 2 })));
    await agent.clock.advance(5_100);
    expect(statuses(agent)).toEqual(['Unhealthy']);
    expect(agent.store.state().members).toMatchObject([{ name: 'node2' }]);
    await agent.clock.advance(60_000);
    await agent.accept();
    expect(agent.store.state().link).toEqual(LIVE);
  });

  test('that a live agent has too many readers by now does not end what is shown', async () => {
    const agent = agentWith(recordJson());
    await agent.connect();
    for (let i = 0; i < 3; i += 1) {
      await refuse(agent);
      await agent.clock.advance(5_000);
    }
    expect(agent.store.state().link).toMatchObject({ state: 'polled', isPlain: false });
    agent.answers.set('/api/state.json', stateJson(recordJson({ Status: 2 })));
    await agent.clock.advance(60_000);
    const asked = agent.times('/api/state.json');
    await agent.accept();
    expect([agent.times('/api/state.json'), agent.store.state().link]).toEqual([asked + 1, LIVE]);
  });

  test('is not said to be asked when it died just before its events were tried again', async () => {
    const agent = original();
    agent.store.start();
    await refuse(agent);
    await agent.clock.advance(59_000);
    agent.isDown = true;
    await agent.clock.advance(1_000);
    await refuse(agent);
    expect(agent.store.state().link.state).toBe('lost');
  });

  test('says when it does not answer any more, and takes it up again', async () => {
    const agent = original();
    agent.store.start();
    await refuse(agent);
    agent.isDown = true;
    await agent.clock.advance(5_100);
    expect(agent.store.state().link.state).toBe('lost');
    agent.isDown = false;
    await agent.clock.advance(1_100);
    await refuse(agent);
    expect(agent.store.state().link.state).toBe('polled');
  });

  test('follows its events once it has them', async () => {
    const agent = original();
    agent.store.start();
    await refuse(agent);
    await agent.clock.advance(60_000);
    agent.answers.set('/api/history', { events: [], oldest: null, isTruncated: false });
    await agent.accept();
    expect(agent.store.state().link).toEqual(LIVE);
    const asked = agent.times('/api/state.json');
    await agent.clock.advance(9_000);
    expect(agent.times('/api/state.json')).toBe(asked);
  });
});

describe('a store that nobody looks at', () => {
  test('asks nothing and holds no connection, shows what it did, and goes on behind the last event', async () => {
    const agent = agentWith(recordJson());
    await agent.connect();
    await agent.tell(changeJson(7, recordJson()));
    agent.store.pause();
    agent.store.hurry();
    const asked = agent.asked.length;
    await agent.clock.advance(60_000);
    expect([agent.asked.length, agent.stream, agent.store.state().link]).toEqual([asked, undefined, LIVE]);
    await agent.connect();
    expect([agent.opened.at(-1), agent.times('/api/state.json')]).toEqual(['/api/events?after=7', 1]);
    expect(agent.times('/api/members')).toBeGreaterThan(1);
  });

  test('is not woken by an answer that comes too late', async () => {
    const agent = agentWith(recordJson());
    await agent.connect();
    const fail = await untilMembersAreAsked(agent);
    agent.store.pause();
    fail();
    await agent.clock.advance(60_000);
    expect(agent.opened).toHaveLength(1);
  });

  test('asks for the state anew when it was on its way', async () => {
    const agent = agentWith(recordJson());
    agent.store.start();
    agent.stream?.opened();
    agent.store.pause();
    await agent.connect();
    expect([agent.store.state().link, statuses(agent)]).toEqual([LIVE, ['Alive']]);
  });

  test('of an agent without events is asked for no state', async () => {
    const agent = new FakeAgent();
    agent.answers.set('/api/state.json', stateJson(recordJson()));
    agent.store.start();
    agent.stream?.ended();
    await agent.clock.advance(100);
    agent.store.pause();
    await agent.clock.advance(120_000);
    expect([agent.times('/api/state.json'), agent.opened.length]).toEqual([1, 1]);
  });
});

describe('a store that is stopped and started', () => {
  test('keeps what it knows, goes on behind the last event, and tells of changes as before', async () => {
    const agent = agentWith(recordJson());
    await agent.connect();
    await agent.tell(changeJson(7, recordJson()));
    agent.store.stop();
    expect(agent.store.state().link).toEqual({ state: 'connecting', fault: undefined });
    expect(statuses(agent)).toEqual(['Alive']);
    await agent.connect();
    expect(agent.opened.at(-1)).toBe('/api/events?after=7');
    let told = 0;
    agent.store.subscribe(() => (told += 1));
    await agent.tell(changeJson(8, recordJson({ Status: 2, Updated: '2026-11-23T12:05:00Z' })));
    expect([agent.store.state().link, statuses(agent), told]).toEqual([LIVE, ['Unhealthy'], 1]);
  });

  test('marks what it knows as old when the agent is away by then', async () => {
    const agent = agentWith(recordJson());
    await agent.connect();
    agent.store.stop();
    await agent.clock.advance(60_000);
    agent.isDown = true;
    agent.store.start();
    agent.stream?.ended();
    await agent.clock.advance(100);
    const { link } = agent.store.state();
    expect(link).toMatchObject({ state: 'lost' });
    expect(link.state === 'lost' && link.shownFrom).toBeLessThan(1_000);
  });

  test('says why an agent of which nothing is known cannot be followed', async () => {
    const agent = agentWith(recordJson());
    agent.isDown = true;
    agent.store.start();
    agent.stream?.ended();
    await agent.clock.advance(100);
    expect(agent.store.state().link).toEqual({ state: 'connecting', fault: 'connection refused' });
  });
});
