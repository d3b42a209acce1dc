import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getJson } from './network.js';
import { Program } from './program.js';
import { until } from './until.js';

/** An alertmanager on a loopback address of its own: upstream memberlist with the version numbers of a Go Sidecar. */
export class Alertmanager {
  private constructor(
    readonly endpoint: string,
    readonly web: string,
    readonly program: Program,
    private readonly dir: string,
  ) {}

  /** @param options.endpoint `address:port` of its gossip, @param options.web of its API */
  static async start(options: {
    readonly endpoint: string;
    readonly web: string;
    readonly join?: string;
  }): Promise<Alertmanager> {
    const { endpoint, web, join: peer } = options;
    const dir = mkdtempSync(join(tmpdir(), 'sidecar-alertmanager-'));
    const config = join(dir, 'am.yml');
    writeFileSync(config, 'route: {receiver: none}\nreceivers: [{name: none}]\n');
    const program = new Program('alertmanager', 'prometheus-alertmanager', [
      `--config.file=${config}`,
      `--storage.path=${dir}`,
      `--web.listen-address=${web}`,
      `--cluster.listen-address=${endpoint}`,
      '--cluster.gossip-interval=100ms',
      '--cluster.pushpull-interval=5s',
      '--cluster.probe-interval=500ms',
      '--cluster.probe-timeout=200ms',
      '--cluster.settle-timeout=1s',
      '--cluster.reconnect-interval=2s',
      '--log.level=debug',
      ...(peer === undefined ? [] : [`--cluster.peer=${peer}`]),
    ]);
    const alertmanager = new Alertmanager(endpoint, web, program, dir);
    try {
      await until('alertmanager runs', async () => (await alertmanager.peers()).length > 0);
    } catch (error) {
      await alertmanager.destroy();
      throw new Error(`alertmanager did not start: ${program.output}`, { cause: error });
    }
    return alertmanager;
  }

  /** Names of the members it believes alive, itself included. */
  async peers(): Promise<readonly string[]> {
    const { cluster } = (await getJson(`http://${this.web}/api/v2/status`)) as {
      cluster: { peers: readonly { readonly name: string; readonly address: string }[] };
    };
    return cluster.peers.map(({ name }) => name);
  }

  /** Makes it gossip messages of its own. */
  async addSilence(): Promise<void> {
    const answer = await fetch(`http://${this.web}/api/v2/silences`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        matchers: [{ name: 'a', value: 'b', isRegex: false, isEqual: true }],
        startsAt: '2026-01-01T00:00:00Z',
        endsAt: '2099-01-01T00:00:00Z',
        createdBy: 'test',
        comment: 'something to gossip',
      }),
    });
    if (!answer.ok) throw new Error(`alertmanager answered ${answer.status}: ${await answer.text()}`);
  }

  /** How many silences it knows of. */
  async silences(): Promise<number> {
    return ((await getJson(`http://${this.web}/api/v2/silences`)) as readonly unknown[]).length;
  }

  async destroy(): Promise<void> {
    await this.program.destroy();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
