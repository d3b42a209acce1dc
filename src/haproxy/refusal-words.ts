/** An alert of HAProxy, and what of the configuration it is about: at least one of `line`, `proxy` and `server`. */
export interface Alert {
  /** Of the file, from 1. */
  readonly line: number | undefined;
  /** The name of the frontend, backend or `listen` section. */
  readonly proxy: string | undefined;
  readonly server: string | undefined;
  /** One line, at most 500 characters. */
  readonly words: string;
}

/** A listener that HAProxy could not have. */
export interface BindRefusal {
  /** The name of the section that wants it; `GLOBAL` for the stats socket. */
  readonly proxy: string;
  /** `127.0.0.1:80`, or the path of a Unix socket. */
  readonly place: string;
  /** `cannot bind socket (Address already in use)`; at most 500 characters. */
  readonly words: string;
}

const MAX_OUTPUT = 64 * 1024;
const MAX_WORDS = 500;

/** `[ALERT]    (572) : config : …`; with the time before the number in older versions, without either in a fault's words. */
const ALERT = /^\[(?:ALERT|EMERG)\]\s+(?:\d+\/\d+\s+)?(?:\(\d+\)\s*)?(?::\s*)?(?:config\s*:\s*)?(.*)$/;
const LINE = /(?:^|parsing |\bat )\[[^\]]*:(\d+)\]/i;
const SERVER = /'server ([^'/\s]+)\/([^'\s]+)'/;
const PROXY = /\b(?:proxy|frontend|backend|listen) '([^'\s]+)'/i;
/** `Binding [file:9] for frontend web-80: …`; older versions say `Starting frontend web-80: …`. */
const BIND =
  /^(?:Binding \[[^\]]*\] for|Starting) (?:proxy|frontend|backend|listen) ([^\s:]+): (.*?)(?: for)? \[(\S*)\]$/;

/**
 * What HAProxy's alerts about a configuration name, in their order. Alerts that name nothing (`Fatal errors found in
 * configuration`) are left out, and so are warnings: HAProxy rejects nothing for them.
 *
 * @param output what HAProxy printed, a master before its workers included, or the words of a fault; 64 KiB of it are read
 */
export function alertsOf(output: string): readonly Alert[] {
  return alarmsOf(output).flatMap((words) => {
    const line = LINE.exec(words)?.[1];
    const [, ofServer, server] = SERVER.exec(words) ?? [];
    const proxy = ofServer ?? PROXY.exec(words)?.[1];
    if (line === undefined && proxy === undefined) return [];
    return [{ line: line === undefined ? undefined : Number(line), proxy, server, words: words.slice(0, MAX_WORDS) }];
  });
}

/**
 * The listeners because of which HAProxy did not start, or not reload, in the order in which it names them. It need not name
 * all: while one fails for good, it does not try another again that is only busy.
 *
 * @param output as for `alertsOf`
 */
export function bindRefusalsOf(output: string): readonly BindRefusal[] {
  return alarmsOf(output).flatMap((alarm) => {
    const [, proxy, words, place] = BIND.exec(alarm) ?? [];
    if (proxy === undefined || words === undefined || place === undefined) return [];
    return [{ proxy, place, words: words.slice(0, MAX_WORDS) }];
  });
}

const alarmsOf = (output: string): readonly string[] =>
  output
    .slice(0, MAX_OUTPUT)
    .split('\n')
    .flatMap((line) => ALERT.exec(line.replace(/\p{Cc}+/gu, ' ').trimEnd())?.[1] ?? []);
