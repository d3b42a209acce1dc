import type { Terminal } from '../cli/terminal.js';
import { DEV_ADDRESS } from '../config/dev-file.js';
import type { LoadedConfig } from '../config/load.js';
import { ownPorts } from '../config/own-ports.js';
import { Display } from '../dev/display.js';
import { Forwarder } from '../dev/forwarder.js';
import { rowsOf, type ProxySight } from '../dev/overview.js';
import type { Overview } from '../dev/page.js';
import { foundOf, type FollowedSight, type Surroundings } from '../dev/surroundings.js';
import { PROGRAM_DIRECTORIES } from '../haproxy/commands.js';
import type { HaproxyManager } from '../haproxy/manager.js';
import type { ProxyMemory } from '../haproxy/proxy-memory.js';
import type { Component } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import { systemClock } from '../platform/clock.js';
import { forwardTcp } from '../platform/forward-tcp.js';
import { systemProcesses } from '../platform/processes.js';
import { Borrowing } from './borrowing.js';
import { devRoutes } from './dev-routes.js';
import type { Guest, Inside } from './guest.js';

/** What `sidecar dev` was asked, and found. */
export interface DevSetup {
  readonly config: LoadedConfig;
  /** URL of the agent whose services are borrowed. */
  readonly follow: string | undefined;
  readonly staticFile: string | undefined;
  /** Where the HTTP API is: `127.0.0.1:7777`. */
  readonly agent: string;
  readonly isUsualAgent: boolean;
  readonly logFile: string;
  readonly terminal: () => Terminal;
  readonly write: (text: string) => void;
}

/** Whether there is an HAProxy that can be driven: its processes are looked after by Linux's `/proc`. */
export const hasHaproxy = (platform: NodeJS.Platform): boolean =>
  platform === 'linux' && systemProcesses.findProgram('haproxy', PROGRAM_DIRECTORIES) !== undefined;

/** The list that people look at, a forwarder where there is no HAProxy, and what is borrowed. */
export function devGuest(setup: DevSetup, log: Logger): Guest {
  const { follow, terminal, write } = setup;
  const borrowing = follow === undefined ? undefined : new Borrowing(follow);
  return {
    view: (own) => borrowing?.view(own) ?? own,
    parts: (inside) => {
      const { haproxy } = inside;
      const { parts, look } = haproxy.manager
        ? ofHaproxy(haproxy.manager, haproxy.memory)
        : ofForwarder(setup.config, inside, log);
      const display = new Display({
        look: () => overviewOf(setup, look(), inside, borrowing?.sight()),
        ...{ terminal, write, clock: systemClock },
      });
      return [...(borrowing?.parts(inside, log) ?? []), ...parts, display];
    },
  };
}

/** Who takes the connections. */
interface Proxying {
  readonly parts: readonly Component[];
  readonly look: () => { readonly sight: ProxySight; readonly proxy: Surroundings['proxy'] };
}

const ofHaproxy = (manager: HaproxyManager, memory: ProxyMemory): Proxying => ({
  parts: [],
  look: () => {
    const { running: isRunning, leftOut: findings, runtimeApi } = manager.status();
    return {
      sight: { isRunning, isCurrent: manager.caughtUp(), holders: memory.holders, findings },
      proxy: { kind: 'haproxy', isRunning, version: runtimeApi.version },
    };
  },
});

function ofForwarder({ settings }: LoadedConfig, { catalog, settled, haproxy }: Inside, log: Logger): Proxying {
  const { routes, findings } = devRoutes(
    { hostname: settings.sidecar.hostname, ownPorts: ownPorts(settings), staleHoldMs: settings.haproxy.staleHold },
    { catalog, departures: haproxy.departures, holders: () => forwarder.holders },
  );
  const forwarder = new Forwarder(
    { bindIp: DEV_ADDRESS },
    { routes, settled, forward: forwardTcp, clock: systemClock, log: log.child('forwarder') },
  );
  catalog.onChange(() => forwarder.changed());
  return {
    parts: [forwarder],
    look: () => {
      const { holders, isCurrent, refusals, dropped } = forwarder;
      return {
        sight: { isRunning: true, isCurrent, holders, findings: [...findings(), ...refusals] },
        proxy: { kind: 'forwarder', dropped },
      };
    },
  };
}

const DOCKER_LOST = 'DOCKER_LOST';

function overviewOf(
  setup: DevSetup,
  { sight, proxy }: ReturnType<Proxying['look']>,
  { catalog, health, problems, unlisted }: Inside,
  followed: FollowedSight | undefined,
): Overview {
  const { config, staticFile, agent, isUsualAgent, logFile } = setup;
  const standing = problems.list();
  const dockerFault = standing.find(({ code }) => code === DOCKER_LOST)?.message;
  const waiting = unlisted().filter((source) => source !== 'docker' || dockerFault === undefined);
  // The rows tell what is found of services, `found` who is not reached.
  const said = new Set([DOCKER_LOST, ...sight.findings.map(({ code }) => code)]);
  const { dockerUrl } = config.settings.dockerDiscovery;
  return {
    found: foundOf({
      docker: { address: dockerUrl, isListed: !waiting.includes('docker'), fault: dockerFault },
      ...{ proxy, staticFile, followed, agent, isUsualAgent, logFile },
    }),
    rows: rowsOf({
      ...{ snapshot: catalog.snapshot(), proxy: sight, bindIp: DEV_ADDRESS },
      outputOf: (id) => health.state(id)?.output,
    }),
    problems: standing.filter(({ room, code }) => room !== 'follower' && !said.has(code)).map(({ message }) => message),
    isSettled: sight.isCurrent && waiting.length === 0,
  };
}
