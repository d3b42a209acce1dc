import http from 'node:http';
import https from 'node:https';
import { unescape } from 'node:querystring';
import { errnoOf } from '../lib/fault.js';
import { withoutPassword } from '../lib/printable.js';
import type { HttpProbe, ProbeLimits, ProbeResult } from '../lib/probe.js';
import { connectionFault } from './connection-fault.js';
import { systemLookups, type Lookups, type ProbeLookups } from './lookup.js';

/** As Go's default client, which the original used. */
const MAX_REDIRECTS = 10;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

const CLOSED = 'the connection was closed without an answer';

/** GET over a connection of its own, certificates verified, no body read; follows up to 10 redirects within one timeout. */
export const probeHttp: HttpProbe = httpProbe(systemLookups);

export function httpProbe(lookups: Lookups): HttpProbe {
  return (url, limits) => probe(url, limits, lookups.begin());
}

const probe = (url: URL, { timeoutMs, signal }: ProbeLimits, names: ProbeLookups): Promise<ProbeResult> =>
  new Promise((resolve) => {
    let request: http.ClientRequest | undefined;
    const end = (outcome: ProbeResult['outcome'], output: string): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      request?.destroy();
      names.end();
      resolve({ outcome, output: withoutPassword(output) }); // it is logged, told and kept
    };
    const abort = (): void => end('failed', 'aborted');
    const timedOut = (): void => {
      const what = names.isWaiting() ? `no address for the name in ${url.href}` : `no answer from ${url.href}`;
      end('timed-out', `${what} within ${timeoutMs} ms`);
    };
    const timer = setTimeout(timedOut, timeoutMs);
    signal.addEventListener('abort', abort);

    const get = (target: URL, redirectsLeft: number): void => {
      if (target.protocol !== 'http:' && target.protocol !== 'https:') {
        end('failed', `${target.href} is neither http nor https`);
        return;
      }
      const { get: send } = target.protocol === 'https:' ? https : http;
      const sent = send({ ...optionsFor(target), lookup: names.lookup });
      request = sent;
      const failed = (why: string): void => {
        if (sent === request) end('failed', `${target.href}: ${why}`);
      };
      // Of one that was closed Node says `socket hang up` or `read ECONNRESET`, as it comes.
      sent.on('error', (error) => failed(errnoOf(error) === 'ECONNRESET' ? CLOSED : connectionFault(error)));
      sent.on('close', () => failed(CLOSED));
      sent.on('response', ({ statusCode = 0, statusMessage = '', headers: { location } }) => {
        const answered = `${target.href} answered ${statusCode} ${statusMessage}`.trimEnd();
        if (!REDIRECTS.has(statusCode)) {
          end(statusCode >= 200 && statusCode <= 299 ? 'passed' : 'failed', answered);
        } else if (location === undefined || !URL.canParse(location, target.href)) {
          end('failed', `${answered} without a usable Location`);
        } else if (redirectsLeft === 0) {
          end('failed', `${url.href} redirects more than ${MAX_REDIRECTS} times`);
        } else {
          request = undefined;
          sent.destroy();
          get(new URL(location, target), redirectsLeft - 1);
        }
      });
    };
    if (signal.aborted) abort();
    else get(url, MAX_REDIRECTS);
  });

/** A user name in a URL may hold escapes that stand for nothing, on which Node's own conversion throws. */
function optionsFor(target: URL): https.RequestOptions {
  const { username, password } = target;
  const credentials = Buffer.from(`${unescape(username)}:${unescape(password)}`).toString('base64');
  return {
    host: target.hostname.replace(/^\[|\]$/g, ''),
    port: target.port,
    path: `${target.pathname}${target.search}`,
    agent: false,
    headers: {
      'User-Agent': 'sidecar',
      Connection: 'close',
      ...(username !== '' || password !== '' ? { Authorization: `Basic ${credentials}` } : {}),
    },
  };
}
