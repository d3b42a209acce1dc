import { pino, stdSerializers, type DestinationStream, type Logger as Pino, type LoggerOptions } from 'pino';
import pretty, { prettyFactory, type PrettyOptions } from 'pino-pretty';
import type { Facts, Logger } from '../lib/logger.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFormat = 'standard' | 'json';

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Takes the lines in the place of stderr. */
  readonly to?: { readonly write: (line: string) => void };
}

const STANDARD: PrettyOptions = {
  translateTime: 'SYS:HH:MM:ss.l',
  ignore: 'room',
  messageFormat: '{if room}{room}: {end}{msg}',
  singleLine: true,
  errorLikeObjectKeys: ['error'],
};

/** Logs to stderr, as the original did: one line each, human-readable (`standard`) or one JSON object (`json`). */
export function createLogger(options: LogOptions): Logger {
  const settings: LoggerOptions = {
    level: options.level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: stdSerializers.err },
  };
  const destination = options.to
    ? linesTo(options.to, options.format)
    : options.format === 'json'
      ? jsonDestination()
      : pretty({ ...STANDARD, destination: 2, sync: true, colorize: process.stderr.isTTY });
  return wrap(pino(settings, destination));
}

function linesTo(to: { readonly write: (line: string) => void }, format: LogFormat): DestinationStream {
  if (format === 'json') return to;
  const readable = prettyFactory({ ...STANDARD, colorize: false });
  return { write: (line) => to.write(readable(line)) };
}

/** A line that cannot be written (a full disk, a closed terminal) is lost; the agent goes on. */
function jsonDestination(): ReturnType<typeof pino.destination> {
  const destination = pino.destination({ fd: 2, sync: true });
  destination.on('error', () => undefined); // there is nowhere left to say it
  return destination;
}

function wrap(inner: Pino): Logger {
  const at =
    (level: LogLevel) =>
    (message: string, facts: Facts = {}): void =>
      inner[level](facts, message);
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (room) => wrap(inner.child({ room })),
  };
}
