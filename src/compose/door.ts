import type { RequestListener } from 'node:http';
import type { LoadedConfig } from '../config/load.js';
import { TlsFiles } from '../http/tls-files.js';
import type { Component } from '../lib/lifecycle.js';
import type { Logger } from '../lib/logger.js';
import type { Clock, WallClock } from '../lib/ports.js';
import type { ProblemBoard } from '../lib/problems.js';
import { declareDoorFigures } from '../metrics/door-figures.js';
import type { MetricsRegistry } from '../metrics/registry.js';
import { HttpServer } from '../platform/http-server.js';
import { systemProcesses } from '../platform/processes.js';
import { watchFile } from '../platform/watch-file.js';

/** Where the agent is asked, with what keeps its certificate as the files say; in the order of their start. */
export function composeDoor(
  { settings: { http }, httpTls: tls }: LoadedConfig,
  deps: {
    readonly listener: RequestListener;
    readonly metrics: MetricsRegistry;
    readonly clock: Clock;
    readonly wall: WallClock;
    readonly problems: ProblemBoard;
    readonly log: Logger;
  },
): readonly Component[] {
  const { listener, metrics, clock, wall, problems } = deps;
  const log = deps.log.child('http');
  const server = new HttpServer({ ...http, fileLimit: systemProcesses.fileLimit, tls }, { listener, clock, log });
  declareDoorFigures(metrics, () => server.numbers());
  if (!tls || http.tlsCert === undefined || http.tlsKey === undefined) return [server];
  const use = server.useTls.bind(server);
  const paths = { cert: http.tlsCert, key: http.tlsKey };
  const files = new TlsFiles(paths, tls, { watchFile, use, clock, wall, problems, log });
  return [server, files];
}
