import { afterEach, describe, expect, test } from '@jest/globals';
import { Status } from '../../src/service/service.js';
import { parseTimestamp, type Timestamp } from '../../src/service/timestamp.js';
import { discovered } from '../support/records.js';
import { answered, captured, Desk } from './support.js';

const DB = {
  ...{ id: '61212ad48690', name: 'db', image: 'db:9', proxyMode: 'tcp', created: at('2026-11-22T11:07:47.078005336Z') },
  ports: [
    { type: 'tcp', port: 15432, servicePort: 5432, ip: '10.79.0.1' },
    { type: 'udp', port: 15433, servicePort: 5433, ip: '10.79.0.1' },
  ],
};
const WEB = { id: 'f2d70396e98b', created: at('2026-11-22T11:07:47.077982513Z') };
const OTHER_WEB = {
  ...{ id: '369d39b6ab72', image: 'registry.example/web:1.2.4', created: at('2026-11-22T11:10:01.990053352Z') },
  ...{ hostname: 'h2', ports: [{ type: 'tcp', port: 10234, servicePort: 9999, ip: '10.79.0.2' }] },
};

let desk: Desk;
afterEach(() => desk.end());

describe('contract section 8, captured', () => {
  test('a ListenPort is sent, byte for byte, what the original sent: every event in order, each with the state of the moment', async () => {
    desk = new Desk();
    desk.listeners.listed([discovered({ ...WEB, listenPort: 10005 })]);
    desk.merge({ ...WEB, status: Status.Unhealthy, updated: at('2026-11-22T11:07:48.078417552Z') });
    desk.merge({ ...DB, status: Status.Unhealthy, updated: at('2026-11-22T11:07:48.078417862Z') });
    await desk.settle();
    desk.merge({ ...WEB, updated: at('2026-11-22T11:07:51.078134717Z') });
    desk.merge({ ...DB, updated: at('2026-11-22T11:07:51.078135287Z') });
    await desk.settle();
    const requests = captured('listeners/v1-static-update.post.txt');
    expect(desk.http.received.map(({ body }) => body)).toEqual(requests.map(({ body }) => body));
    expect(desk.http.received.map(headOf)).toEqual(requests.map(({ head }) => head.map(masked)));
  });

  test('the death of a node has the right statuses and a LastChanged that moves forward, all else as the original', async () => {
    desk = new Desk({ urls: ['http://10.79.0.1:10006/anything/you/like'] });
    const changed = at('2026-11-22T11:08:30.07836636Z');
    desk.merge({ ...WEB, updated: changed - 1n });
    desk.merge({ ...DB, updated: changed });
    desk.merge({ ...WEB, updated: at('2026-11-22T11:11:03.078345624Z') });
    desk.merge({ ...DB, updated: at('2026-11-22T11:11:03.078346054Z') });
    desk.merge({ ...OTHER_WEB, updated: at('2026-11-22T11:10:42.9903486Z') });
    await desk.settle();
    const died = '2026-11-22T11:11:03.278754685Z';
    desk.catalog.loseMember('h2', at(died));
    await desk.settle();
    const [request] = captured('listeners/v1-node-death.post.txt');
    const original = JSON.parse(request?.body ?? '') as Captured;
    Object.assign(original.State, { LastChanged: died });
    Object.assign(original.State.Servers.h2, { LastUpdated: died, LastChanged: died });
    Object.assign(original.ChangeEvent.Service, { Updated: died, Status: Status.Tombstone });
    Object.assign(original.ChangeEvent, { PreviousStatus: Status.Alive, Time: died });
    const [last] = desk.http.received.slice(-1);
    expect(last?.body).toBe(JSON.stringify(original));
    expect(last && headOf(last)).toEqual(request?.head.map(masked));
  });

  test('every retry carries the whole body, which the original left out', async () => {
    desk = new Desk({ urls: ['http://10.79.0.1:10013/second-try'] }, 'default');
    const answers = [answered(503), answered(503)];
    desk.http.answer = () => answers.shift() ?? answered(200);
    const one = {
      ...{ id: 'b73e702a1898', name: 'one', image: 'img:1', proxyMode: '' },
      created: at('2026-11-22T11:19:57.7732616Z'),
    };
    desk.merge({ ...one, status: Status.Unhealthy, updated: at('2026-11-22T11:19:58.773624512Z') });
    await desk.clock.advance(0);
    desk.merge({ ...one, updated: at('2026-11-22T11:20:01.774437521Z') });
    await desk.clock.advance(0);
    const requests = captured('faults/listener-retry-empty-body.post.txt');
    const bodies = requests.map(({ body }, i) => (i === 1 || i === 2 ? requests[0]?.body : body));
    expect(desk.http.received.map(({ body }) => body)).toEqual(bodies);
  });
});

interface Captured {
  readonly State: { readonly Servers: { readonly h2: object } };
  readonly ChangeEvent: { readonly Service: object };
}

/** The head as a capture shows it. */
function headOf({ method, url, headers }: { method: string; url: string; headers: object }): readonly string[] {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
  return [`${method} ${new URL(url).pathname} HTTP/1.1`, ...lines].map(masked);
}

/** Without when a subscription began; the length belongs to a body that is compared itself. */
const masked = (line: string): string =>
  line
    .replace(/-\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,9})? \+0000 UTC"$/, '-SINCE"')
    .replace(/^(Content-Length: ).*/, '$1N');

function at(text: string): Timestamp {
  const parsed = parseTimestamp(text);
  if (!parsed.ok) throw new Error(`not a time: ${text}`);
  return parsed.value;
}
