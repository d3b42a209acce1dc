import { describe, expect, test } from '@jest/globals';
import { rowsOf } from '../../src/dev/overview.js';
import { Status, type Port } from '../../src/service/service.js';
import { record } from '../support/records.js';
import { holding, sightsOf } from './sights.js';

const port = (servicePort: number, at = 30000, ip = '127.0.0.1'): Port => ({ type: 'tcp', port: at, servicePort, ip });
const web = (overrides: Parameters<typeof record>[0] = {}) => record({ ports: [port(8080)], ...overrides });
const only = (...args: Parameters<typeof sightsOf>) => rowsOf(sightsOf(...args))[0];

describe('the rows', () => {
  test('a service whose port the proxy has is ready, at a URL if it speaks HTTP', () => {
    const row = { alive: 1, total: 1, state: 'ready', isBorrowed: false, note: '' };
    const db = record({ id: 'b', name: 'db', proxyMode: 'tcp', ports: [port(5432)] });
    expect(rowsOf(sightsOf([web(), db], holding({ 8080: 'web', 5432: 'db' })))).toEqual([
      { ...row, service: 'db', address: '127.0.0.1:5432' },
      { ...row, service: 'web', address: 'http://127.0.0.1:8080' },
    ]);
  });

  test('each ServicePort of a service has a row, and tombstones have none', () => {
    const two = web({ ports: [port(9090, 30001), port(8080)] });
    const gone = web({ id: 'b', name: 'gone', status: Status.Tombstone });
    const rows = rowsOf(sightsOf([two, gone], holding({ 8080: 'web', 9090: 'web' })));
    expect(rows.map(({ address }) => address)).toEqual(['http://127.0.0.1:8080', 'http://127.0.0.1:9090']);
  });

  test('until the proxy has the port, or runs at all, the service starts', () => {
    expect(only([web()], holding({}))).toMatchObject({ state: 'starting' });
    expect(only([web()], holding({ 8080: 'web' }, { isRunning: false }))).toMatchObject({ state: 'starting' });
    expect(only([web({ status: Status.Unknown })], holding({ 8080: 'web' }))).toMatchObject({ state: 'starting' });
  });

  test('a failing check is told with what it said, also while another instance is well', () => {
    const sick = web({ id: 'sick', status: Status.Unhealthy });
    const outputs = { sick: 'connect ECONNREFUSED' };
    const note = expect.stringContaining('its check fails: connect ECONNREFUSED');
    expect(only([sick], holding({ 8080: 'web' }), outputs)).toMatchObject({ alive: 0, state: 'failing', note });
    expect(only([sick, web()], holding({ 8080: 'web' }), outputs)).toMatchObject({ alive: 1, state: 'ready', note });
  });

  test('what is set aside says why', () => {
    const finding = { service: 'web', servicePort: 8080, code: 'SERVICE_PORT_UNAVAILABLE', message: 'it is taken' };
    const proxy = holding({ 8080: 'web' }, { findings: [finding] });
    expect(only([web()], proxy)).toMatchObject({ state: 'set aside', note: 'it is taken' });
    expect(only([web({ ports: [port(8081)] })], proxy)).toMatchObject({ note: '' });
  });

  test('one that is published at its own ServicePort is reached there without a proxy', () => {
    const finding = {
      service: 'web',
      servicePort: 8080,
      instance: 'h1/a',
      code: 'SERVER_IS_FRONTEND',
      message: 'circle',
    };
    const proxy = holding({}, { findings: [finding] });
    expect(only([web({ ports: [port(8080, 8080)] })], proxy)).toMatchObject({
      address: 'http://127.0.0.1:8080',
      state: 'direct',
      note: expect.stringContaining('published at its own ServicePort 8080'),
    });
  });

  test('without a ServicePort it is shown where it is published, or how it would be', () => {
    expect(only([web({ ports: [port(0, 32768)] })], holding({}))).toMatchObject({
      address: 'http://127.0.0.1:32768',
      state: 'direct',
      note: expect.stringContaining('a label ServicePort_80=8080'),
    });
    expect(only([web({ ports: [] })], holding({}))).toMatchObject({
      address: '',
      state: 'no port',
      note: expect.stringContaining('start it with -p 80'),
    });
  });

  test('one without a ServicePort whose check fails is failing where it is published', () => {
    const sick = web({ id: 'sick', status: Status.Unhealthy, ports: [port(0, 32768)] });
    expect(only([sick], holding({}), { sick: 'no HTTP' })).toMatchObject({
      address: 'http://127.0.0.1:32768',
      state: 'failing',
      note: expect.stringContaining('its check fails: no HTTP'),
    });
  });

  test('one whose last instance is being stopped drains', () => {
    expect(only([web({ status: Status.Draining })], holding({ 8080: 'web' }))).toMatchObject({ state: 'draining' });
  });

  test('what another host has is borrowed, below the own ones, and left out without a ServicePort', () => {
    const api = web({ id: 'b', name: 'api', hostname: 'far', ports: [port(9000, 80, '10.0.0.9')] });
    const hidden = web({ id: 'c', name: 'hidden', hostname: 'far', ports: [] });
    const rows = rowsOf(sightsOf([api, hidden], holding({ 9000: 'api' })));
    expect(rows).toMatchObject([{ service: 'api', address: 'http://127.0.0.1:9000', isBorrowed: true }]);
    const withOwn = rowsOf(sightsOf([api, web()], holding({ 8080: 'web', 9000: 'api' })));
    expect(withOwn.map(({ service }) => service)).toEqual(['web', 'api']);
  });
});
