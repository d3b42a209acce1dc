import { fieldsOf, instantOf, numberOf, objectsOf, textOf, wordOf, type Fields } from './fields.js';

/** What HAProxy counts, of one process: another one begins at 0 (docs/http-api.md). */
export interface Figures {
  /** When it was counted, by the agent's clock. */
  readonly time: number;
  readonly pid: number;
  /** How long that process runs. */
  readonly uptimeMs: number | undefined;
  readonly frontends: readonly Frontend[];
  readonly backends: readonly Backend[];
  readonly servers: readonly Server[];
}

/** Whose it is; undefined for what is none of ours. */
interface Owned {
  readonly service: string | undefined;
  readonly servicePort: number | undefined;
}

export interface Frontend extends Owned {
  readonly name: string;
  /** HAProxy's word. */
  readonly status: string;
  /** Now. */
  readonly sessions: number;
  readonly sessionsTotal: number;
  /** Undefined in mode tcp. */
  readonly requests: number | undefined;
  /** Requests that could not be read, and answers of 500 and above. */
  readonly errors: number;
}

export interface Backend extends Owned {
  readonly name: string;
  readonly status: string;
  /** What waits for a server now. */
  readonly queued: number;
  /** Connections that could not be made, and answers that could not be read. */
  readonly errors: number;
}

export interface Server extends Owned {
  readonly backend: string;
  readonly server: string;
  readonly status: string;
  readonly weight: number;
  /** What HAProxy's own check showed; undefined when it does not check. */
  readonly check: string | undefined;
  readonly sessions: number;
  /** Undefined in mode tcp. */
  readonly requests: number | undefined;
  /** As those of a backend. */
  readonly errors: number;
  /** The average of the last answers. */
  readonly responseMs: number | undefined;
  /** Of the record; undefined for a server that no record is known of. */
  readonly host: string | undefined;
  readonly instance: string | undefined;
}

/** `/api/proxy/stats`. @returns undefined for anything else */
export function readFigures(body: unknown): Figures | undefined {
  const fields = fieldsOf(body);
  const time = instantOf(fields['time']);
  const uptimeS = numberOf(fields['uptimeS']);
  if (time === undefined || !Array.isArray(fields['frontends'])) return undefined;
  return {
    time,
    pid: numberOf(fields['pid']) ?? 0,
    uptimeMs: uptimeS === undefined ? undefined : uptimeS * 1_000,
    frontends: objectsOf(fields['frontends']).map(readFrontend),
    backends: objectsOf(fields['backends']).map((each) => ({
      ...{ name: textOf(each['name']), status: textOf(each['status']), queued: numberOf(each['queued']) ?? 0 },
      ...{ errors: troublesOf(each['errors']), ...ownerOf(each) },
    })),
    servers: objectsOf(fields['servers']).map(readServer),
  };
}

function readFrontend(each: Fields): Frontend {
  const failed = numberOf(fieldsOf(each['responses'])['5xx']) ?? 0;
  return {
    name: textOf(each['name']),
    status: textOf(each['status']),
    sessions: numberOf(each['sessions']) ?? 0,
    sessionsTotal: numberOf(each['sessionsTotal']) ?? 0,
    requests: numberOf(each['requests']),
    errors: (numberOf(each['errors']) ?? 0) + failed,
    ...ownerOf(each),
  };
}

const readServer = (each: Fields): Server => ({
  backend: textOf(each['backend']),
  server: textOf(each['server']),
  status: textOf(each['status']),
  weight: numberOf(each['weight']) ?? 0,
  check: wordOf(each['check']),
  sessions: numberOf(each['sessions']) ?? 0,
  requests: numberOf(each['requests']),
  errors: troublesOf(each['errors']),
  responseMs: numberOf(each['responseMs']),
  host: wordOf(each['host']),
  instance: wordOf(each['instance']),
  ...ownerOf(each),
});

const ownerOf = ({ service, servicePort }: Fields): Owned => ({
  ...{ service: wordOf(service), servicePort: numberOf(servicePort) },
});

function troublesOf(value: unknown): number {
  const { connect, response } = fieldsOf(value);
  return (numberOf(connect) ?? 0) + (numberOf(response) ?? 0);
}
