import type { Settings } from '../config/table.js';
import type { HaproxyManager } from '../haproxy/manager.js';
import { StatsLook } from '../haproxy/runtime-api/stats-look.js';
import { figuresEncoder } from '../http/figures-body.js';
import type { ProxyLook } from '../http/proxy-look.js';
import type { Clock, WallClock } from '../lib/ports.js';
import { ok, refused } from '../lib/result.js';
import { askUnixSocket } from '../platform/unix-socket.js';

/**
 * A look at what HAProxy counts, and at its configuration.
 *
 * @param manager undefined: this agent leaves HAProxy alone
 */
export function composeProxyLook(
  { useRuntimeApi, runtimeSocket: socket }: Pick<Settings['haproxy'], 'useRuntimeApi' | 'runtimeSocket'>,
  deps: {
    readonly manager: Pick<HaproxyManager, 'owners' | 'lastConfig'> | undefined;
    readonly clock: Clock;
    readonly wall: WallClock;
  },
): ProxyLook | undefined {
  const { manager, clock, wall } = deps;
  if (!manager) return undefined;
  const encode = figuresEncoder(clock);
  const look =
    useRuntimeApi && socket !== ''
      ? new StatsLook({ socket }, { askSocket: askUnixSocket, owners: () => manager.owners(), clock, wall })
      : undefined;
  return {
    figures: async () => {
      if (!look) return refused({ code: 'unasked', message: UNASKED });
      const figures = await look.figures();
      return figures.ok
        ? ok(await encode(figures.value))
        : refused({ code: 'silent', message: `HAProxy does not tell its figures on ${socket}: ${figures.fault}` });
    },
    config: () => manager.lastConfig(),
  };
}

const UNASKED =
  'HAProxy cannot be asked for its figures: haproxy.use_runtime_api is false, or haproxy.runtime_socket is empty';
