import { describe, expect, test } from '@jest/globals';
import { Forwarder, type Route } from '../../src/dev/forwarder.js';
import type { SocketAddress } from '../../src/lib/ip-address.js';
import type { ForwardRoute } from '../../src/lib/tcp-forward.js';
import { silent } from '../support/log.js';
import { FakeClock, settle } from '../support/time.js';

const target = (port: number): SocketAddress => ({ address: '127.0.0.1', port });
const web = (...targets: readonly SocketAddress[]): Route => ({ service: 'web', servicePort: 8080, targets });

function world(routes: readonly Route[], settled = Promise.resolve()) {
  const clock = new FakeClock();
  const stop = new AbortController();
  const open = new Map<number, ForwardRoute>();
  const busy = new Set<number>();
  const state = { routes };
  const forwarder = new Forwarder(
    { bindIp: '127.0.0.1' },
    {
      routes: () => state.routes,
      settled,
      forward: ({ port }, route) => {
        if (busy.has(port))
          return Promise.reject(Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' }));
        open.set(port, route);
        return Promise.resolve({ port, close: () => Promise.resolve(void open.delete(port)) });
      },
      clock,
      log: silent,
    },
  );
  const ended = forwarder.run(stop.signal, () => undefined);
  return {
    forwarder,
    clock,
    open,
    busy,
    change: async (next: readonly Route[]) => {
      state.routes = next;
      forwarder.changed();
      await settle();
    },
    /** Ports of the targets that the next connection is tried with. */
    tried: (port = 8080) =>
      open
        .get(port)
        ?.targets()
        .map((each) => each.port),
    end: async () => {
      stop.abort();
      await ended;
    },
  };
}

describe('the forwarder', () => {
  test('begins each connection with the next target, and has the others for when it fails', async () => {
    const { tried } = world([web(target(1), target(2), target(3))]);
    await settle();
    expect([tried(), tried(), tried(), tried()]).toEqual([
      [1, 2, 3],
      [2, 3, 1],
      [3, 1, 2],
      [1, 2, 3],
    ]);
  });

  test('keeps a port while its targets change, and has nobody to try when there is none', async () => {
    const { forwarder, tried, change } = world([web(target(1))]);
    await settle();
    await change([web(target(9))]);
    expect(tried()).toEqual([9]);
    await change([web()]);
    expect(tried()).toEqual([]);
    expect([...forwarder.holders]).toEqual([[8080, 'web']]);
  });

  test('gives a port back when nothing leads there any more, and all at its end', async () => {
    const { open, change, end } = world([web(target(1)), { service: 'db', servicePort: 5432, targets: [target(2)] }]);
    await settle();
    expect([...open.keys()]).toEqual([8080, 5432]);
    await change([web(target(1))]);
    expect([...open.keys()]).toEqual([8080]);
    await end();
    expect([...open.keys()]).toEqual([]);
  });

  test('says that a port is taken and tries again, while others are served', async () => {
    const { forwarder, clock, busy, open } = world([web(target(1)), { service: 'db', servicePort: 5432, targets: [] }]);
    busy.add(8080);
    await settle();
    expect([...open.keys()]).toEqual([5432]);
    expect(forwarder.refusals).toEqual([
      {
        service: 'web',
        servicePort: 8080,
        code: 'SERVICE_PORT_UNAVAILABLE',
        message: expect.stringContaining('end the program that has it'),
      },
    ]);
    busy.clear();
    await clock.advance(2_000);
    expect(forwarder.refusals).toEqual([]);
    expect([...forwarder.holders.keys()].sort()).toEqual([5432, 8080]);
  });

  test('forgets a refusal with the route', async () => {
    const { forwarder, busy, change } = world([web(target(1))]);
    busy.add(8080);
    await settle();
    await change([]);
    expect(forwarder.refusals).toEqual([]);
  });

  test('takes nothing before what runs here is known, and is current once it has followed the routes', async () => {
    let know = (): void => undefined;
    const { forwarder, open } = world([web(target(1))], new Promise((resolve) => (know = resolve)));
    await settle();
    expect([open.size, forwarder.isCurrent]).toEqual([0, false]);
    know();
    await settle();
    expect([open.size, forwarder.isCurrent]).toEqual([1, true]);
    forwarder.changed();
    expect(forwarder.isCurrent).toBe(false);
    await settle();
    expect(forwarder.isCurrent).toBe(true);
  });

  test('counts the connections that were too many', async () => {
    const { forwarder, open } = world([web(target(1))]);
    await settle();
    open.get(8080)?.onDropped();
    expect(forwarder.dropped).toBe(1);
  });
});
