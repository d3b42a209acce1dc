import { describe, expect, test } from '@jest/globals';
import { devFile, type DevFacts } from '../../src/config/dev-file.js';
import { parseFlags } from '../../src/config/flags.js';
import { loadSettings, type LoadResult } from '../../src/config/load.js';

const FACTS: DevFacts = {
  user: 'ann',
  hostname: 'laptop',
  httpPort: 7778,
  gossipPort: 17946,
  folder: '/home/ann/.local/state/sidecar/dev-7778',
  stateDir: '/home/ann/.local/state/sidecar/dev-7778/state',
  staticFile: undefined,
  dockerUrl: '',
  hasHaproxy: true,
};

const loaded = (facts: Partial<DevFacts>, env: Readonly<Record<string, string>> = {}): LoadResult =>
  loadSettings({
    flags: parseFlags([]),
    env,
    readFile: () => Buffer.from(devFile({ ...FACTS, ...facts })),
    hostname: 'laptop',
  });

function settingsOf(facts: Partial<DevFacts>, env?: Readonly<Record<string, string>>) {
  const result = loaded(facts, env);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.config.settings;
}

describe('the configuration that nobody writes', () => {
  test('is sound, and all of it is on the loopback of this machine', () => {
    const { sidecar, http, haproxy } = settingsOf({});
    expect(loaded({}).warnings.map(({ code }) => code)).toEqual(['NO_SEEDS']);
    expect([sidecar.bindIp, sidecar.advertiseIp, http.bindIp, haproxy.bindIp]).toEqual(Array(4).fill('127.0.0.1'));
    expect(sidecar).toMatchObject({ clusterName: 'dev-ann', hostname: 'laptop-dev', seeds: [], discovery: ['docker'] });
    expect(http.port).toBe(7778);
    expect(haproxy).toMatchObject({ stopOnExit: true, supervise: true, statsBind: undefined });
    expect(haproxy.configFile).toBe(`${FACTS.folder}/haproxy.cfg`);
  });

  test('leaves HAProxy alone where there is none, and lists services of a file where there is one', () => {
    const { haproxy, sidecar, staticDiscovery } = settingsOf({ hasHaproxy: false, staticFile: '/work/static.json' });
    expect(haproxy).toMatchObject({ disable: true, configFile: undefined });
    expect(sidecar.discovery).toEqual(['docker', 'static']);
    expect(staticDiscovery.configFile).toBe('/work/static.json');
  });

  test('asks Docker where it was found, or where its own variable says', () => {
    const dockerUrl = 'unix:///run/user/1000/docker.sock';
    expect(settingsOf({ dockerUrl }).dockerDiscovery.dockerUrl).toBe(dockerUrl);
    const env = { DOCKER_HOST: 'tcp://10.0.0.1:2375' };
    expect(settingsOf({}, env).dockerDiscovery.dockerUrl).toBe(env.DOCKER_HOST);
  });
});
