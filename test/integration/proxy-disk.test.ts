import { rmSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { haproxyPid } from '../support/proxy-figures.js';
import { proxyReport } from '../support/proxy-report.js';
import {
  briefLanes,
  changeServers,
  nothingFailed,
  run,
  successorOf,
  untilNamed,
  untilNothingIsWrong,
} from '../support/proxy-trial.js';
import { ProxyWorld } from '../support/proxy-world.js';

let opened: ProxyWorld | undefined;
afterEach(() => opened?.destroy());

/** A config directory in a mount namespace of the agent's own, and how it is spoiled and mended there. */
interface Disk {
  readonly name: string;
  /** Makes `etc` one. */
  readonly mount: string;
  /** Of the problem. */
  readonly words: RegExp;
  spoil(world: ProxyWorld): void;
  mend(world: ProxyWorld): void;
}

const isRoot = process.getuid?.() === 0;
/** Only root may mount; what it looks like to others is in apply.test.ts. */
const whereMounting = isRoot ? describe : describe.skip;

const inside = ({ agent }: ProxyWorld): string => `/proc/${agent.pid}/root${agent.path('etc')}`;

function remount({ agent }: ProxyWorld, mode: 'ro' | 'rw'): void {
  run('nsenter', '--target', String(agent.pid), '--mount', 'mount', '-o', `remount,bind,${mode}`, agent.path('etc'));
}

const DISKS: readonly Disk[] = [
  {
    name: 'full tmpfs',
    mount: 'mount -t tmpfs -o size=128k tmpfs etc',
    words: /^CONFIG_NOT_WRITABLE: .*ENOSPC/,
    spoil: (world) => fill(`${inside(world)}/ballast`),
    mend: (world) => rmSync(`${inside(world)}/ballast`),
  },
  {
    name: 'read-only bind mount',
    mount: 'mount --bind etc etc',
    words: /^CONFIG_NOT_WRITABLE: .*EROFS/,
    spoil: (world) => remount(world, 'ro'),
    mend: (world) => remount(world, 'rw'),
  },
];

/** Writes until there is no room for another byte. */
function fill(path: string): void {
  for (const size of [4096, 1]) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: 'a' });
    } catch (error) {
      if (!String(error).includes('ENOSPC')) throw error;
    }
  }
}

whereMounting('a config directory that is', () => {
  test.each(DISKS)(
    'a $name: servers change all the same, HAProxy comes back with them, and it is over by itself',
    async (disk) => {
      const world = await ProxyWorld.start({
        ...{ services: 2, instances: 2, checkedEach: 3, checkEvery: '500ms' },
        haproxy: ['config_file = "etc/haproxy.cfg"'],
        process: { enter: ['unshare', '--mount', 'sh', '-c', `mkdir -p etc && ${disk.mount} && exec "$@"`, 'sh'] },
      });
      opened = world;
      const { agent } = world;
      await untilNothingIsWrong(world);
      const traffic = world.load(briefLanes(world));
      const before = await proxyReport(agent);
      disk.spoil(world);
      await changeServers(world);
      await untilNamed(world, disk.words);
      await changeServers(world);
      const { reloads, config } = await proxyReport(agent);
      expect(reloads).toEqual(before.reloads);
      expect(config.behind).toMatch(/haproxy\.cfg/);

      await nothingFailed(traffic);
      const pid = (await haproxyPid(agent)) ?? 0;
      process.kill(pid, 'SIGKILL');
      await successorOf(pid, world);

      disk.mend(world);
      await untilNothingIsWrong(world);
      expect((await proxyReport(agent)).config.behind).toBeNull();
    },
  );
});
