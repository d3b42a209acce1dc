import { afterEach, describe, expect, test } from '@jest/globals';
import { freePorts, get } from '../support/network.js';
import { ProxyWorld } from '../support/proxy-world.js';
import { weather } from '../support/storm-scenario.js';

const FLEET = { services: 5, instances: 3, checkedEach: 3, checkEvery: '500ms' };
const RELOADS = 3;

let world: ProxyWorld | undefined;
afterEach(() => world?.destroy());

/** What an operator may have written beside the services, in the layout of people. */
const handWritten = (port: number, otherPort: number): string => `
# ---- ours, "by hand": {not} a server line: server none 127.0.0.1:1 ----
frontend by-hand
	bind 127.0.0.1:${port}   # the 'front' door
	mode http
	option idle-close-on-response
	acl is_note   path -i /note
	acl from_here src 127.0.0.0/8
	http-request set-header X-Words "it's \\"quoted\\" # and no comment"
	use_backend note if is_note from_here
	default_backend nobody

backend note
	mode http
	http-request return status 200 content-type text/plain string 'a note, # not a comment'

backend nobody
	mode http
	http-request deny deny_status 404

listen   raw
	bind 127.0.0.1:${otherPort}
	mode tcp
	default-server weight 7 inter 2s
	server front 127.0.0.1:${port} check   # ours, and none of the agent's
`;

describe('HAProxy run as master and worker by commands of the operator', () => {
  test('a storm changes it without a reload, and a reload fails no request', async () => {
    world = await ProxyWorld.start({
      ...FLEET,
      haproxy: [
        'start_command = "haproxy -W -D -f haproxy.cfg -p haproxy.pid"',
        'reload_command = "kill -USR2 $(cat haproxy.pid)"',
      ],
      template: (builtIn) => builtIn,
    });
    const master = world.agent.haproxyPids();
    expect(master).toHaveLength(1);
    await weather(world, { operations: 85, overMs: 5_000, seed: 20_261_125 });
    await reloadsFailNothing(world);
    expect(world.agent.haproxyPids()).toEqual(master);
  });
});

describe('a template with sections written by hand', () => {
  test('is changed by a storm without a reload, a reload fails no request, and its own sections serve', async () => {
    const [port = 0, otherPort = 0] = await freePorts(2);
    world = await ProxyWorld.start({ ...FLEET, template: (builtIn) => builtIn + handWritten(port, otherPort) });
    await weather(world, { operations: 85, overMs: 5_000, seed: 20_261_126 });
    await reloadsFailNothing(world);
    for (const door of [port, otherPort]) {
      expect((await get(`http://127.0.0.1:${door}/note`)).body).toBe('a note, # not a comment');
      expect((await get(`http://127.0.0.1:${door}/`)).status).toBe(404);
    }
  });
});

async function reloadsFailNothing(of: ProxyWorld): Promise<void> {
  const traffic = of.load();
  for (let n = 1; n <= RELOADS; n += 1) await of.reload(n);
  await traffic.stop();
  expect({ failed: traffic.failed, failures: traffic.failures }).toEqual({ failed: 0, failures: [] });
  expect(traffic.requests).toBeGreaterThan(100);
}
