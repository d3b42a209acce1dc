import { describe, expect, test } from '@jest/globals';
import { planWith, type Planned } from '../../src/haproxy/planning.js';
import { candidateTemplate } from '../../src/haproxy/template-file.js';
import { builtInText } from './support/render.js';
import { instance, Room } from './support/room.js';

const web = instance('web', 'a', 8_001);
const web2 = instance('web', 'b', 8_001);

async function serving(overrides: ConstructorParameters<typeof Room>[0] = {}): Promise<Room> {
  const room = new Room(overrides);
  await room.apply(web, web2);
  await room.clock.advance(10_000);
  return room;
}

const plan = (room: Room, text: string): Promise<Planned> =>
  planWith(candidateTemplate('candidate', text), room.catalog.snapshot(), room.parts, new AbortController().signal);

/** All that a plan could have changed. */
const stateOf = (room: Room): unknown => [
  room.disk,
  [...room.files.texts.keys()],
  structuredClone([...room.double.servers]),
  room.reloads,
  room.parts.figures.reloads,
  room.parts.deployment.running?.text,
  room.problems.list(),
];

describe('a candidate', () => {
  test('that differs in servers only is told with the commands that would be sent', async () => {
    const room = await serving();
    const planned = await plan(room, builtInText.replace('weight {{svc.Weight}}', 'weight 7'));
    expect(planned).toMatchObject({ kind: 'runtime', fault: undefined, reasons: [] });
    expect(planned.commands).toEqual(['set server web-8001/h1-a weight 7', 'set server web-8001/h1-b weight 7']);
    expect(planned.diff).toContain('+\tserver h1-a 10.0.0.1:9000 weight 7');
  });

  test('that differs in more is told with the reasons for a reload', async () => {
    const planned = await plan(await serving(), `${builtInText}\nfrontend new\n\tbind 127.0.0.1:9999\n`);
    expect(planned).toMatchObject({ kind: 'reload', reasons: [{ text: 'frontend added: new' }], commands: [] });
  });

  test('that is the same is nothing', async () => {
    expect(await plan(await serving(), builtInText)).toMatchObject({ kind: 'nothing', diff: '', commands: [] });
  });

  test('that HAProxy refuses, or that is no template, is refused with the reason', async () => {
    const room = await serving();
    room.verdict = () => '[ALERT] (1) : no such keyword';
    const refused = await plan(room, `${builtInText}\nfrobnicate\n`);
    expect(refused).toMatchObject({ kind: 'refused', fault: { code: 'CONFIG_REJECTED' } });
    expect(refused.diff).toContain('+frobnicate');
    expect(await plan(room, '{{#each')).toMatchObject({ kind: 'refused', fault: { code: 'TEMPLATE_SYNTAX' } });
  });

  test('is a reload where servers cannot be changed otherwise, and where none runs', async () => {
    const weights = builtInText.replace('weight {{svc.Weight}}', 'weight 7');
    const without = await plan(await serving({ useRuntimeApi: false }), weights);
    expect(without).toMatchObject({ kind: 'reload', reasons: [{ cause: 'runtime-api-off' }] });
    expect(without.changes).toHaveLength(2);
    expect(await plan(new Room(), builtInText)).toMatchObject({ kind: 'reload', reasons: [{ cause: 'not-running' }] });
  });

  test.each([
    ['nothing', builtInText],
    ['other servers', builtInText.replace('weight {{svc.Weight}}', 'weight 7')],
    ['a reload', `${builtInText}\nfrontend new\n\tbind 127.0.0.1:9999\n`],
  ])('applies nothing, be it %s', async (_, text) => {
    const room = await serving();
    await room.parts.upkeep.look();
    const before = stateOf(room);
    await plan(room, text);
    await room.written();
    expect(stateOf(room)).toEqual(before);
    expect(await room.apply()).toBe(true);
    expect([room.parts.figures.lastApply?.how, room.reloads]).toEqual(['reload', 1]); // as before
  });
});

test('a huge difference is cut, and says of how much', async () => {
  const room = await serving();
  const lines = Array.from({ length: 6_000 }, (_, i) => `# ${String(i).padStart(40, '0')}`).join('\n');
  const { diff } = await plan(room, `${builtInText}\n${lines}\n`);
  expect(diff.length).toBeLessThan(100_100);
  expect(diff).toMatch(/\n… the rest of \d+ characters is not shown\n$/);
});
