import { createServer, request } from 'node:http';
import { expect, test } from '@jest/globals';
import { countedRequests } from '../../src/http/counted-requests.js';
import { MetricsRegistry } from '../../src/metrics/registry.js';
import { samplesIn } from '../metrics/exposition.js';
import { get, listen, portOf } from '../support/network.js';
import { until } from '../support/until.js';

test('requests are counted by the class of their status, and those that end early as cut', async () => {
  const metrics = new MetricsRegistry();
  const listener = countedRequests(({ url }, response) => {
    if (url === '/endless') response.write('a beginning');
    else response.writeHead(Number(url?.slice(1))).end();
  }, metrics);
  const server = await listen(createServer(listener));
  try {
    for (const status of [200, 204, 304, 404, 503]) await get(`http://127.0.0.1:${portOf(server)}/${status}`);
    const endless = request({ host: '127.0.0.1', port: portOf(server), path: '/endless', agent: false }).end();
    endless.on('response', (response) => response.destroy());
    const counted = await until('the one that was cut is counted', async () => {
      const samples = samplesIn(await metrics.text());
      return samples['sidecar_http_requests_total{class="cut"}'] === 1 && samples;
    });
    expect(counted).toEqual({
      'sidecar_http_requests_total{class="2xx"}': 2,
      'sidecar_http_requests_total{class="3xx"}': 1,
      'sidecar_http_requests_total{class="4xx"}': 1,
      'sidecar_http_requests_total{class="5xx"}': 1,
      'sidecar_http_requests_total{class="cut"}': 1,
    });
  } finally {
    server.close();
  }
});
