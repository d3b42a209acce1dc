import { expect } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { haproxyPid, serversOf } from './proxy-figures.js';
import { problemTexts, proxyReport } from './proxy-report.js';
import type { ProxyWorld } from './proxy-world.js';
import type { Lane, Traffic } from './traffic.js';
import { until } from './until.js';

/** What is tried again later and later is tried at least every 30 s. */
export const BY_ITSELF_MS = 40_000;

/** One worker on a connection that is kept and one on a connection per request, for each service. */
export const briefLanes = ({ fleet: { servicePorts } }: ProxyWorld): readonly Lane[] =>
  servicePorts.flatMap((port) =>
    (['keep-alive', 'close'] as const).map((kind) => ({ port, kind, workers: 1, pauseMs: 25 })),
  );

/** The first service gets an instance, and its oldest one ends once HAProxy is seen to run neither more nor less than that. */
export async function changeServers({ agent, backends, fleet }: ProxyWorld): Promise<void> {
  const [service] = fleet.services;
  const [oldest] = service?.instances ?? [];
  if (!service || !oldest) throw new Error('the first service has no instance');
  await fleet.add(service);
  service.instances.delete(oldest);
  agent.writeTargets(fleet.targets());
  await until('HAProxy runs what the file lists', async () => fleet.isServed(await serversOf(agent)), BY_ITSELF_MS);
  await backends.end(oldest.id);
}

/** @returns the process that took the place of `before`, once it serves the fleet */
export const successorOf = (before: number | undefined, { agent, fleet }: ProxyWorld): Promise<number> =>
  until('another HAProxy serves the fleet', async () => {
    const pid = await haproxyPid(agent);
    return pid !== before && fleet.isServed(await serversOf(agent)) ? pid : undefined;
  });

/** No problem stands, and the file holds what HAProxy runs. */
export async function untilNothingIsWrong({ agent }: ProxyWorld): Promise<void> {
  await until('nothing is wrong', async () => (await agent.problems()).length === 0, BY_ITSELF_MS);
  await until('the file has caught up', async () => {
    const { config } = await proxyReport(agent);
    return config.diskDigest !== undefined && config.diskDigest === config.runtimeDigest;
  });
}

/** @param words of a problem, as `CODE: message` */
export async function untilNamed({ agent }: ProxyWorld, words: RegExp): Promise<void> {
  await until(`/health has ${words.source}`, async () => (await problemTexts(agent)).some((text) => words.test(text)));
}

/** Ends the load: of all its requests none has failed. */
export async function nothingFailed(traffic: Traffic): Promise<void> {
  await traffic.stop();
  expect({ failed: traffic.failed, first: traffic.failures.slice(0, 5) }).toEqual({ failed: 0, first: [] });
  expect(traffic.requests).toBeGreaterThan(50);
}

/** Runs a command to its end. */
export function run(file: string, ...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(file, args, { encoding: 'utf8', timeout: 10_000 });
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${error?.message ?? stderr}`);
}
