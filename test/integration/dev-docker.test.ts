import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Dev } from '../support/dev.js';
import { RealEngine, whyNoEngine } from '../support/docker-engine.js';
import { freePorts, get } from '../support/network.js';
import { until } from '../support/until.js';

const HTTPD = 'mkdir /w; echo "hello from a container" > /w/index.html; exec busybox httpd -f -p 80 -h /w';

const why = whyNoEngine();
if (why !== undefined) process.stderr.write(`skipped the tests of sidecar dev with a Docker Engine: ${why}\n`);
const describeWithEngine = why === undefined ? describe : describe.skip;

let engine: RealEngine;
let dev: Dev;

describeWithEngine('sidecar dev with nothing but Node and Docker', () => {
  beforeAll(async () => {
    engine = await RealEngine.start();
  });
  afterAll(() => engine.destroy());
  afterEach(async () => {
    await dev.destroy();
    await engine.removeContainers();
  });

  const env = (): Readonly<Record<string, string>> => ({ DOCKER_HOST: `unix://${engine.socket}` });
  const hello = (port: number) =>
    engine.run('hello', { labels: { ServicePort_80: String(port) }, ports: [80], script: HTTPD });

  test.each([{ withoutHaproxy: true }, { withoutHaproxy: false }])(
    'a labelled container answers at its ServicePort, with no file written by hand; without HAProxy: $withoutHaproxy',
    async ({ withoutHaproxy }) => {
      const [port = 0] = await freePorts(1);
      dev = Dev.start({ env: env(), withoutHaproxy });
      const container = await hello(port);
      await until(
        'the container answers',
        async () => (await get(`http://127.0.0.1:${port}/`)).body === 'hello from a container\n',
      );
      await dev.says(new RegExp(`^hello at http://127\\.0\\.0\\.1:${port}: ready`));
      await container.remove({ force: true });
      await dev.says(/^hello at .* is gone$/);
      expect(await dev.interrupt()).toBe(0);
    },
  );

  test('a container without labels is shown with what to do, and one without a published port', async () => {
    dev = Dev.start({ env: env() });
    await dev.says(/^Docker: answers at unix:/);
    await engine.run('plain', { ports: [80], script: HTTPD });
    await engine.run('closed');
    await dev.says(/^plain at http:\/\/127\.0\.0\.1:\d+: direct .*a label ServicePort_80=8080/);
    await dev.says(/^closed: no port .*start it with -p 80/);
  });
});
