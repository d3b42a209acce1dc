import { describe, expect, test } from '@jest/globals';
import { Catalog, type ServiceGroup } from '../../../../src/console/data/catalog.js';
import { NO_RATES, type Line, type Rates } from '../../../../src/console/data/rates.js';
import { chartLabel, spanOf } from '../../../../src/console/pages/haproxy/chart-label.js';
import { chosenRows, countOf, filterOf, frontendRows } from '../../../../src/console/pages/haproxy/frontends.js';
import { backend, figures, frontend, instance, server } from '../../support.js';

const FIGURES = figures({
  frontends: [
    frontend({ name: 'stats', service: undefined, servicePort: undefined }),
    frontend({ name: 'web-9090', servicePort: 9090 }),
    frontend({ name: 'web-8080', servicePort: 8080 }),
    frontend({ name: 'api-70', service: 'api', servicePort: 70 }),
  ],
  backends: [
    backend({ name: 'other-name', servicePort: 8080, queued: 3 }),
    backend({ name: 'api-70', service: 'api', servicePort: 70 }),
  ],
  servers: [
    server({ backend: 'other-name', status: 'UP' }),
    server({ backend: 'other-name', status: 'DOWN' }),
    server({ backend: 'api-70', status: 'no check' }),
  ],
});

const line = (requests: number, errors: number): Line => ({ requests: [requests], errors: [errors] });
const RATES: Rates = {
  ...NO_RATES,
  times: [1_000],
  lines: new Map([
    ['web-8080', line(5, 0)],
    ['api-70', line(50, 2)],
  ]),
};

function servicesOf(...records: readonly Readonly<Record<string, unknown>>[]): readonly ServiceGroup[] {
  const catalog = new Catalog();
  catalog.replace(records.map(instance));
  return catalog.groups();
}

const PORTS = [{ Type: 'tcp', Port: 32_770, ServicePort: 8080 }];
const SERVICES = servicesOf({ ID: 'a' }, { ID: 'b', Ports: PORTS }, { ID: 'c', Ports: PORTS, Status: 1 });
const ROWS = frontendRows(FIGURES, RATES, SERVICES);

const shown = (search: string): readonly string[] =>
  chosenRows(ROWS, filterOf(Object.fromEntries(new URLSearchParams(search)))).map((row) => row.frontend.name);

describe('the frontends', () => {
  test.each([
    ['', ['api-70', 'web-8080', 'web-9090', 'stats']],
    ['sort=requests', ['api-70', 'web-8080', 'web-9090', 'stats']],
    ['sort=requests&q=web', ['web-8080', 'web-9090']],
    ['q=:9090', ['web-9090']],
    ['q=WEB+80', ['web-8080']],
    ['q=nothing', []],
    ['show=errors', ['api-70']],
    ['show=busy', ['api-70', 'web-8080']],
    ['show=down', ['web-9090']],
    ['show=unheard-of&sort=unheard-of&q=stats', ['stats']],
  ])('%s', (search, expected) => {
    expect(shown(search)).toEqual(expected);
  });

  test('sorting leaves what is not asked for as it is', () => {
    const before = ROWS.map((row) => row.frontend.name);
    shown('sort=errors');
    expect(ROWS.map((row) => row.frontend.name)).toEqual(before);
  });

  test('know what stands behind them by service and port, whatever it is called', () => {
    const web = ROWS.find((row) => row.frontend.name === 'web-8080');
    expect(web).toMatchObject({ servers: 2, up: 1, queued: 3, ports: [32_768, 32_770] });
    expect(web?.requests?.now).toBe(5);
  });

  test('without a server that is up are told, but not those that belong to no service', () => {
    expect(countOf(ROWS, 'down')).toBe(1);
  });
});

test('a chart is told in words as well', () => {
  const recent = { now: 12, mean: 9, least: 3, most: 40.2 };
  expect(chartLabel('Requests', 'web', recent)).toBe('Requests per second of web: now 12, least 3, most 40');
  expect(chartLabel('Errors', 'web', { ...recent, now: undefined })).toContain('now not known');
  expect(chartLabel('Errors', 'web', undefined)).toBe('Errors per second of web: not known yet');
});

test('charts show what is known, and a minute at least', () => {
  expect([spanOf([]), spanOf([0, 2_000]), spanOf([5_000, 7_000, 305_000])]).toEqual([60_000, 60_000, 300_000]);
});
