import type { RequestListener } from 'node:http';
import type { MetricsRegistry } from '../metrics/registry.js';

/** The same listener, whose answers are counted when they end: by the first digit of their status, or as not taken to the end. */
export function countedRequests(listener: RequestListener, metrics: MetricsRegistry): RequestListener {
  const answered: Record<string, number> = { '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0, cut: 0 };
  metrics.declare(
    () => answered,
    [
      {
        type: 'counter',
        name: 'sidecar_http_requests_total',
        help: 'Requests to the HTTP API that have ended, by class of the status, or cut: the client was gone before the end.',
        label: 'class',
        values: (counts) => counts,
      },
    ],
  );
  return (request, response) => {
    response.on('close', () => {
      const kind = response.writableFinished ? `${Math.floor(response.statusCode / 100)}xx` : 'cut';
      answered[kind] = (answered[kind] ?? 0) + 1;
    });
    listener(request, response);
  };
}
