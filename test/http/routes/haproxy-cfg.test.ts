import { createHash } from 'node:crypto';
import { get as request } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import type { Asker, ConfigReader, ConfigRefusal } from '../../../src/http/config-reader.js';
import { until } from '../../support/until.js';
import { appWith, ask, serving } from '../support.js';

const TEXT = Buffer.from('frontend wéb\n');
const ETAG = `"${createHash('sha256').update(TEXT).digest('base64url')}"`;
const NOBODY: Asker = {
  ...{ bindIp: '', useHostnames: false, template: undefined },
  ...{ runtimeSocket: '', statsBind: '', user: '', group: '' },
};

interface Pull {
  readonly asker: Asker;
  readonly isKnown: boolean;
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/** One text for all, or a refusal; remembers what it was asked. */
class Configs implements ConfigReader {
  readonly pulls: Pull[] = [];
  constructor(private readonly refusal?: ConfigRefusal) {}
  pull: ConfigReader['pull'] = (asker, isKnown, waitMs, signal) => {
    this.pulls.push({ asker, isKnown: isKnown(ETAG), waitMs, signal });
    const { refusal } = this;
    return Promise.resolve(refusal ? { ok: false, fault: refusal } : { ok: true, value: { text: TEXT, etag: ETAG } });
  };
}

/** One whose answers never come. */
class SilentConfigs extends Configs {
  override pull: ConfigReader['pull'] = (asker, isKnown, waitMs, signal) => {
    this.pulls.push({ asker, isKnown: isKnown(ETAG), waitMs, signal });
    return new Promise(() => undefined);
  };
}

describe('GET /haproxy.cfg', () => {
  test('is the text with its ETag', async () => {
    const configs = new Configs();
    await serving(appWith({ configs }), async (port) => {
      const { status, headers, body } = await ask(port, '/haproxy.cfg');
      expect([status, body]).toEqual([200, TEXT.toString()]);
      expect(headers.get('Content-Type')).toBe('text/plain; charset=utf-8');
      expect(headers.get('Content-Length')).toBe(String(TEXT.length));
      expect([headers.get('ETag'), headers.get('Cache-Control')]).toEqual([ETAG, 'no-cache']);
      expect(configs.pulls).toMatchObject([{ asker: NOBODY, isKnown: false, waitMs: 0 }]);
    });
  });

  test('is rendered as its parameters say; an empty one is as good as none', async () => {
    const configs = new Configs();
    await serving(appWith({ configs }), async (port) => {
      const all =
        'bind_ip=2001:DB8:0::1&use_hostnames=true&template=edge.cfg&runtime_socket=/run/h.sock' +
        '&stats_bind=[::]:3212&user=haproxy&group=www-data&wait=1m30s';
      expect((await ask(port, `/haproxy.cfg?${all}`)).status).toBe(200);
      const none = all.replace(/=[^&]*/g, '=');
      expect((await ask(port, `/haproxy.cfg?${none}`)).status).toBe(200);
      const [given, empty] = configs.pulls;
      expect(given).toMatchObject({
        asker: {
          ...{ bindIp: '2001:db8::1', useHostnames: true, template: 'edge.cfg', runtimeSocket: '/run/h.sock' },
          ...{ statsBind: '[::]:3212', user: 'haproxy', group: 'www-data' },
        },
        waitMs: 90_000,
      });
      expect(empty).toMatchObject({ asker: NOBODY, waitMs: 0 });
    });
  });

  test.each([ETAG, `W/${ETAG}`, `"other", ${ETAG}`, '*'])(
    'is 304 for a client that has it: If-None-Match: %s',
    async (tags) => {
      const configs = new Configs();
      await serving(appWith({ configs }), async (port) => {
        const { status, headers, body } = await ask(port, '/haproxy.cfg?wait=5m', 'GET', { 'If-None-Match': tags });
        expect([status, headers.get('ETag'), body]).toEqual([304, ETAG, '']);
        expect(configs.pulls).toMatchObject([{ isKnown: true, waitMs: 300_000 }]);
      });
    },
  );

  test('is the whole text for a client that has another one', async () => {
    await serving(appWith({ configs: new Configs() }), async (port) => {
      expect((await ask(port, '/haproxy.cfg?wait=5m', 'GET', { 'If-None-Match': '"other"' })).status).toBe(200);
    });
  });

  test.each([
    ['bind_ip=localhost', 'bind_ip is \\"localhost\\", expected an IP address without a zone'],
    ['bind_ip=fe80::1%25eth0', 'expected an IP address'],
    ['bind_ip=1.2.3.4%0A', 'expected an IP address'],
    ['use_hostnames=yes', 'expected true or false'],
    ['template=../etc', 'expected the name of one file in haproxy.template_dir'],
    ['template=.hidden', 'expected the name of one file'],
    ['runtime_socket=run/h.sock', 'expected an absolute path'],
    ['runtime_socket=/run/h%20level%20admin', 'expected an absolute path'],
    ['runtime_socket=/run/h,abns@open', 'expected an absolute path'],
    [`runtime_socket=/${'x'.repeat(97)}`, 'expected an absolute path'],
    ['stats_bind=3212', 'expected address:port'],
    ['stats_bind=*:0', 'expected address:port'],
    ['stats_bind=*:65536', 'expected address:port'],
    ['stats_bind=::1:80', 'expected address:port'],
    ['stats_bind=[127.0.0.1]:80', 'expected address:port'],
    ['stats_bind=*:80%20ssl', 'expected address:port'],
    ['user=root%0A%09daemon', 'expected the name of a user'],
    ['group=a%20b', 'expected the name of a group'],
    ['wait=30', 'expected a duration of at most 5m'],
    ['wait=5m1ms', 'expected a duration of at most 5m'],
    ['wait=-1s', 'expected a duration of at most 5m'],
    ['bindip=1.2.3.4', '\\"bindip\\" is no parameter, expected bind_ip, use_hostnames'],
    ['__proto__=1', 'is no parameter'],
    ['user=a&user=a', 'user is given more than once'],
  ])('is 400 for %s', async (query, message) => {
    const configs = new Configs();
    await serving(appWith({ configs }), async (port) => {
      const { status, body } = await ask(port, `/haproxy.cfg?${query}`);
      expect(status).toBe(400);
      expect(body).toContain(message);
      expect(configs.pulls).toEqual([]);
    });
  });

  test.each<readonly [ConfigRefusal['code'], number, string | undefined]>([
    ['not-informed', 503, '1'],
    ['too-many-waiting', 503, '1'],
    ['too-many-configurations', 503, '1'],
    ['unknown-template', 404, undefined],
    ['no-configuration', 500, undefined],
  ])('without a configuration (%s) is %d and says why', async (code, expected, retryAfter) => {
    await serving(appWith({ configs: new Configs({ code, message: 'because' }) }), async (port) => {
      const { status, headers, body } = await ask(port, '/haproxy.cfg');
      expect([status, headers.get('Retry-After')]).toEqual([expected, retryAfter]);
      expect(JSON.parse(body)).toEqual({ message: 'because', status: 'error', code });
    });
  });

  test('forgets a client that goes while it waits', async () => {
    const configs = new SilentConfigs();
    await serving(appWith({ configs }), async (port) => {
      const asked = request({ host: '127.0.0.1', port, path: '/haproxy.cfg?wait=5m', agent: false });
      asked.on('error', () => undefined);
      const pull = await until('it waits', () => configs.pulls[0]);
      expect(pull.signal.aborted).toBe(false);
      asked.destroy();
      await until('it is forgotten', () => pull.signal.aborted);
    });
  });
});
