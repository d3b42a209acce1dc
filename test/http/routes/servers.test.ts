import { describe, expect, test } from '@jest/globals';
import { serversListing } from '../../../src/http/servers-listing.js';
import { appWith, ask, captured, comparable, FakeCatalog, service, serving, snapshotOf, time } from '../support.js';

const NOW = time('2026-11-22T11:10:15.5Z');
const SECOND = 1_000_000_000n;
const port = (outer: number, inner: number) => ({ type: 'tcp', port: inner, servicePort: outer, ip: '10.79.0.1' });

describe('/servers', () => {
  test('has the columns of the original, its lines in a fixed order', async () => {
    const [exchange] = captured('servers.http');
    const { answer } = exchange!;
    const web = { name: 'web', ports: [port(9999, 10234)] };
    const services = [
      service({ ...web, id: 'f2d70396e98b', image: 'registry.example/web:1.2.3', updated: NOW - SECOND }),
      service({
        id: '61212ad48690',
        name: 'db',
        image: 'db:9',
        ports: [port(5432, 15432), port(5433, 15433)],
        updated: NOW - SECOND,
      }),
      service({
        ...web,
        id: '369d39b6ab72',
        hostname: 'h2',
        image: 'registry.example/web:1.2.4',
        updated: NOW - 10n * SECOND,
      }),
    ];
    const app = appWith({
      catalog: new FakeCatalog(snapshotOf(services)),
      members: { alive: () => ['h2', 'h1'] },
      wall: { nowNs: () => NOW },
    });
    await serving(app, async (listening) => {
      const ours = await ask(listening, '/servers');
      expect(comparable({ ...ours, body: '' })).toEqual(comparable({ ...answer, body: '' }));
      expect(ours.body.split('\n').sort()).toEqual(answer.body.split('\n').sort());
      expect(ours.body.match(/^ {4}(?:h1|h2)$|^ {2}h\d|\b(?:db|web) /gm)).toEqual([
        '  h1',
        'db ',
        'web ',
        '  h2',
        'web ',
        '    h1',
        '    h2',
      ]);
    });
  });

  test('what records say stays text, in every encoding', () => {
    const hostile = service({ name: '</pre><script>', image: 'é&\u{1f600}', status: 2 });
    const listing = serversListing(snapshotOf([hostile]), [], NOW);
    expect(listing).not.toContain('<script');
    expect(listing).toContain('&#60;/pre>&#60;script>');
    expect(listing).toContain('&#233;&#38;&#128512;');
    expect(listing).toContain('Unhealthy');
    expect(listing).toMatch(/^[\n\t -~]*$/);
  });

  test('a service without ports has an empty column', () => {
    const bare = service({ ports: null, updated: NOW - SECOND });
    expect(serversListing(snapshotOf([bare]), [], NOW)).toContain(
      `${'web'.padEnd(47)}${'web:1'.padEnd(47)}1.0 sec ago`,
    );
  });
});
