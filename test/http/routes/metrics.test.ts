import { expect, test } from '@jest/globals';
import { MetricsRegistry } from '../../../src/metrics/registry.js';
import { samplesIn } from '../../metrics/exposition.js';
import { appWith, ask, serving } from '../support.js';

test('/metrics answers in the format of Prometheus, kept by no cache', async () => {
  const metrics = new MetricsRegistry();
  metrics.declare(() => 3, [{ type: 'gauge', name: 'cooks', help: 'Cooks.', value: (count) => count }]);
  await serving(appWith({ metrics }), async (port) => {
    const { status, headers, body } = await ask(port, '/metrics');
    expect([status, headers.get('Content-Type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect([headers.get('Cache-Control'), headers.get('Content-Length')]).toEqual(['no-store', `${body.length}`]);
    expect(samplesIn(body)).toEqual({
      cooks: 3,
      sidecar_http_explains_refused_total: 0,
      sidecar_http_plans_refused_total: 0,
    });
    expect((await ask(port, '/metrics', 'POST')).status).toBe(405);
  });
});
