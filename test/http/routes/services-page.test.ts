import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { appWith, ask, FakeCatalog, service, serving, snapshotOf, time } from '../support.js';

const NOW = time('2026-11-22T11:10:15Z');

/** What a reader sees: the text without markup and style, white space joined. */
const textOf = (page: string): string =>
  page
    .replace(/<style>[^]*?<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

async function pageOf(facts: Parameters<typeof appWith>[0]): Promise<string> {
  let page = '';
  await serving(appWith({ wall: { nowNs: () => NOW }, ...facts }), async (port) => {
    page = (await ask(port, '/services')).body;
  });
  return page;
}

describe('/services', () => {
  test('lists services by name, instances by host, each with its facts', async () => {
    const catalog = new FakeCatalog(
      snapshotOf(
        [
          service({ id: 'bbb', hostname: 'h2', status: 2, updated: time('2026-11-22T11:10:05Z') }),
          service({ id: 'aaa', hostname: 'h1', image: 'web:2', updated: time('2026-11-22T11:10:14Z') }),
          service({ id: 'old', hostname: 'a1', status: 1, updated: time('2026-11-22T10:10:15Z') }),
          service({
            id: 'ddd',
            name: 'db',
            image: 'db:9',
            ports: [{ type: 'udp', port: 53, servicePort: 0, ip: 'h' }],
          }),
        ],
        { clusterName: 'production' },
      ),
    );
    const text = textOf(await pageOf({ catalog, members: { alive: () => ['h2', 'h1'] } }));
    expect(text).toContain('production Sidecar cluster, seen from h1 2 services · 2 of 3 instances alive');
    expect(text).toContain('db 1 of 1 alive');
    expect(text).toContain('Alive h1 ddd db:9 53/udp 15.0 secs ago');
    expect(text).toContain('web 1 of 2 alive');
    expect(text).toMatch(
      /Alive h1 aaa web:2 9999→10234 1\.0 sec ago Unhealthy h2 bbb web:1 9999→10234 10\.0 secs ago Tombstone a1 old web:1 .* 1\.0 hour ago/,
    );
    expect(text).toContain('Members 2 h1 h2');
    expect(text).not.toContain('problem');
    expect(text).not.toContain('Not ready');
  });

  test('puts what is wrong on top', async () => {
    const problem = {
      room: 'haproxy',
      code: 'C',
      subject: 'x.cfg',
      message: 'rejected',
      sinceNs: NOW - 60_000_000_000n,
    };
    const text = textOf(
      await pageOf({
        problems: { list: () => [problem], dropped: 0 },
        vitals: () => ['the loop stands still'],
        readiness: () => ['no seed has answered yet'],
      }),
    );
    expect(text).toMatch(
      /2 problems agent the loop stands still haproxy rejected x\.cfg, began 1\.0 min ago Not ready yet no seed has answered yet No services yet/,
    );
  });

  test('shows the first twenty problems and counts the others', async () => {
    const problems = Array.from({ length: 23 }, (_, i) => {
      return { room: 'static', code: 'C', subject: `${i}`, message: `target ${i}`, sinceNs: NOW };
    });
    const text = textOf(await pageOf({ problems: { list: () => problems, dropped: 0 } }));
    expect(text).toContain('23 problems');
    expect(text).toContain('target 19');
    expect(text).not.toContain('target 20');
    expect(text).toContain('and 3 more: see health');
  });

  test('what records and problems say stays text', async () => {
    const evil = '"><script>alert(1)</script>';
    const page = await pageOf({
      catalog: new FakeCatalog(snapshotOf([service({ name: evil, image: evil })], { clusterName: evil })),
      members: { alive: () => [evil] },
      problems: { list: () => [{ room: evil, code: evil, subject: evil, message: evil, sinceNs: NOW }], dropped: 0 },
    });
    expect(page).not.toContain('<script');
    expect(page).toContain('&#34;&gt;&lt;script&gt;');
  });

  test('loads nothing and runs nothing: its policy allows its own style sheet only', async () => {
    await serving(appWith(), async (port) => {
      const { status, headers, body } = await ask(port, '/services');
      expect(status).toBe(200);
      expect(headers.get('Content-Type')).toBe('text/html; charset=utf-8');
      const style = /<style>([^]*?)<\/style>/.exec(body)?.[1] ?? '';
      const hash = createHash('sha256').update(style).digest('base64');
      expect(headers.get('Content-Security-Policy')).toContain(`default-src 'none'; style-src 'sha256-${hash}';`);
      expect(body).toContain('<meta http-equiv="refresh" content="4" />');
      expect(body).not.toMatch(/<script|<link|<img|@import|url\(|style="/);
    });
  });
});
