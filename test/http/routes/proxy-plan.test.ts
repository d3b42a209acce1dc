import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import type { PlanAnswer, PlanCandidate, ProxyFacts } from '../../../src/http/proxy.js';
import { samplesIn } from '../../metrics/exposition.js';
import { proxyStatus } from '../../support/proxy-status.js';
import { until } from '../../support/until.js';
import { appWith, ask, serving } from '../support.js';

const PLAN: PlanAnswer = {
  kind: 'reload',
  changes: [],
  reasons: [{ cause: 'section-added', text: 'frontend added: web-8080' }],
  commands: [],
  diff: '+frontend web-8080\n',
  findings: [
    { service: 'web', instance: undefined, servicePort: 9999, code: 'SERVICE_PORT_TAKEN', message: 'taken by api' },
  ],
  verified: { ok: true },
};
const TEXT = { 'Content-Type': 'text/plain; charset=utf-8' };

/** A planner that remembers what it was asked, and knows one template. */
class Planner implements ProxyFacts {
  readonly asked: PlanCandidate[] = [];
  facts = proxyStatus;
  plan(candidate: PlanCandidate): Promise<PlanAnswer | 'unknown-template'> {
    this.asked.push(candidate);
    return Promise.resolve(candidate.kind === 'named' && candidate.name !== 'edge.cfg' ? 'unknown-template' : PLAN);
  }
}

/** One whose plans take until `finish` is called. */
class SlowPlanner extends Planner {
  finish: () => void = () => undefined;
  private readonly finished = new Promise<void>((resolve) => (this.finish = resolve));
  override async plan(candidate: PlanCandidate): Promise<PlanAnswer | 'unknown-template'> {
    const answer = await super.plan(candidate);
    await this.finished;
    return answer;
  }
}

describe('GET /api/proxy/plan', () => {
  test('plans for the template in use, and needs no token', async () => {
    const proxy = new Planner();
    await serving(appWith({ proxy, token: 's3cret' }), async (port) => {
      const { status, headers, body } = await ask(port, '/api/proxy/plan');
      expect([status, headers.get('Cache-Control'), proxy.asked]).toEqual([200, 'no-store', [{ kind: 'current' }]]);
      const findings = PLAN.findings.map((finding) => ({ ...finding, instance: null }));
      expect(JSON.parse(body)).toEqual({ ...PLAN, findings });
    });
  });

  test('plans for a template that it names, and is 404 for one that is not there', async () => {
    const proxy = new Planner();
    await serving(appWith({ proxy }), async (port) => {
      expect((await ask(port, '/api/proxy/plan?template=edge.cfg')).status).toBe(200);
      expect((await ask(port, '/api/proxy/plan?template=nope.cfg')).status).toBe(404);
      expect(proxy.asked).toEqual([
        { kind: 'named', name: 'edge.cfg' },
        { kind: 'named', name: 'nope.cfg' },
      ]);
    });
  });

  test.each(['', '..', '.hidden', 'a%2Fb', '%2Fetc%2Fpasswd', 'a%5Cb', 'a%00', 'x'.repeat(256), 'a&template=b'])(
    'refuses the name %j before anybody looks for it',
    async (name) => {
      const proxy = new Planner();
      await serving(appWith({ proxy }), async (port) => {
        expect([(await ask(port, `/api/proxy/plan?template=${name}`)).status, proxy.asked]).toEqual([400, []]);
      });
    },
  );
});

describe('POST /api/proxy/plan', () => {
  const post = async (
    facts: { readonly proxy: Planner; readonly token?: string },
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<number> => {
    let status = 0;
    await serving(appWith(facts), async (port) => {
      ({ status } = await ask(port, '/api/proxy/plan', 'POST', headers, body));
    });
    return status;
  };

  test('plans for the text in its body, up to a mebibyte', async () => {
    const proxy = new Planner();
    const text = `é${'x'.repeat(1024 * 1024 - 2)}`;
    expect(await post({ proxy }, TEXT, text)).toBe(200);
    expect(proxy.asked).toEqual([{ kind: 'text', text }]);
  });

  test.each<readonly [string, number, Readonly<Record<string, string>>, string]>([
    ['without the token', 401, TEXT, 'x'],
    ['of another type', 415, { ...TEXT, Authorization: 'Bearer s3cret', 'Content-Type': 'application/json' }, 'x'],
    ['that is too long', 413, { ...TEXT, Authorization: 'Bearer s3cret' }, 'x'.repeat(1024 * 1024 + 1)],
  ])('refuses one %s with %d', async (_, status, headers, body) => {
    const proxy = new Planner();
    expect([await post({ proxy, token: 's3cret' }, headers, body), proxy.asked]).toEqual([status, []]);
  });

  test('refuses the page of a browser while no token is set', async () => {
    const proxy = new Planner();
    expect([await post({ proxy }, { ...TEXT, Origin: 'http://evil.example' }, 'x'), proxy.asked]).toEqual([403, []]);
  });

  test('refuses bytes that are no text', async () => {
    const proxy = new Planner();
    await serving(appWith({ proxy }), async (port) => {
      const socket = connect(port, '127.0.0.1').setEncoding('latin1');
      let answer = '';
      socket.on('data', (chunk: string) => (answer += chunk));
      const head = 'POST /api/proxy/plan HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\n';
      socket.write(`${head}\xff\xfe`, 'latin1');
      await once(socket, 'close');
      expect(answer).toMatch(/^HTTP\/1\.1 400 [^]*no text in UTF-8/);
      expect(proxy.asked).toEqual([]);
    });
  });
});

describe('more than two plans at once', () => {
  test('are refused with 503 and counted, and are welcome again afterwards', async () => {
    const proxy = new SlowPlanner();
    await serving(appWith({ proxy }), async (port) => {
      const running = [ask(port, '/api/proxy/plan'), ask(port, '/api/proxy/plan', 'POST', TEXT, 'x')];
      await until('two plans are being made', () => proxy.asked.length === 2);
      const { status, headers } = await ask(port, '/api/proxy/plan');
      expect([status, headers.get('Retry-After')]).toEqual([503, '1']);
      expect(samplesIn((await ask(port, '/metrics')).body)).toMatchObject({ sidecar_http_plans_refused_total: 1 });
      proxy.finish();
      expect((await Promise.all(running)).map((answer) => answer.status)).toEqual([200, 200]);
      expect((await ask(port, '/api/proxy/plan')).status).toBe(200);
    });
  });
});
