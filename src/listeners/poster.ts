import type { CatalogReader } from '../catalog/reader.js';
import type { HttpMessage, HttpReceipt, HttpSend } from '../lib/http-ask.js';
import type { Clock, Millis, WallClock } from '../lib/ports.js';
import { formatTimestamp, msFromNs } from '../service/timestamp.js';
import { bodyOf, type ListenerEvent } from './body.js';
import { Cookies } from './cookies.js';
import type { DeliveryFault } from './delivery.js';

/** For an event with all its redirects (contract section 8.2). */
const TIMEOUT_MS: Millis = 3_000;
/** As Go's client, which the original used. */
const MAX_REDIRECTS = 10;

/** Where a message goes. */
type Hop = Pick<HttpMessage, 'method' | 'url' | 'body'>;

export interface PosterDeps {
  readonly catalog: CatalogReader;
  readonly send: HttpSend;
  readonly clock: Clock;
  readonly wall: WallClock;
}

/** Posts events to one URL as the original's HTTP client did: its headers, its cookies, its redirects. */
export class Poster {
  private readonly cookies: Cookies;
  private readonly host: string;

  /** @param hostname the system's name of this host */
  constructor(
    private readonly url: string,
    hostname: string,
    private readonly deps: PosterDeps,
  ) {
    const since = formatTimestamp(deps.wall.nowNs()).replace('T', ' ').replace('Z', ' +0000 UTC');
    this.cookies = new Cookies('sidecar-session-host', `"${hostname}-${since}"`);
    this.host = new URL(url).hostname;
  }

  /** Posts an event with the state as it is now. @returns undefined when it was taken; after an abort nobody reads it */
  async post(event: ListenerEvent, signal: AbortSignal): Promise<DeliveryFault | undefined> {
    const { catalog, clock } = this.deps;
    const deadline = clock.now() + TIMEOUT_MS;
    let hop: Hop = { method: 'POST', url: this.url, body: bodyOf(catalog.snapshot(), event) };
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const receipt = await this.send(hop, { timeoutMs: Math.max(1, deadline - clock.now()), signal });
      const hasConnected = redirects > 0 || receipt.outcome === 'answered' || receipt.hasConnected;
      if (receipt.outcome === 'unreachable') return { words: receipt.reason, hasConnected, isRefusal: false };
      if (receipt.outcome === 'timed-out')
        return { words: `no answer within ${TIMEOUT_MS} ms`, hasConnected, isRefusal: false };
      if (receipt.status >= 200 && receipt.status <= 299) return undefined;
      const next = redirected(hop, receipt);
      if (!next) return { words: `answered ${receipt.status}`, hasConnected, isRefusal: true };
      hop = next;
    }
    return { words: `redirects more than ${MAX_REDIRECTS} times`, hasConnected: true, isRefusal: true };
  }

  private async send(hop: Hop, limits: Parameters<HttpSend>[1]): Promise<HttpReceipt> {
    const { host, hostname } = new URL(hop.url);
    const isOwnHost = hostname === this.host;
    const headers = headersOf(hop, host, isOwnHost ? this.cookies.text : '');
    const receipt = await this.deps.send({ ...hop, headers }, limits);
    const cookies = receipt.outcome === 'answered' && isOwnHost ? receipt.cookies : [];
    for (const cookie of cookies) this.cookies.take(cookie, msFromNs(this.deps.wall.nowNs()));
    return receipt;
  }
}

function headersOf({ method, body }: Hop, host: string, cookies: string): HttpMessage['headers'] {
  const length = body.reduce((sum, bytes) => sum + bytes.length, 0);
  return {
    Host: host,
    'User-Agent': 'Go-http-client/1.1',
    ...(method === 'POST' ? { 'Content-Length': String(length), 'Content-Type': 'application/json' } : {}),
    ...(cookies === '' ? {} : { Cookie: cookies }),
    'Accept-Encoding': 'gzip',
  };
}

/** @returns undefined when that is no redirect that can be followed */
function redirected(from: Hop, { status, location }: Extract<HttpReceipt, { outcome: 'answered' }>): Hop | undefined {
  if (location === undefined || !URL.canParse(location, from.url)) return undefined;
  const { href: url, protocol } = new URL(location, from.url);
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  if ([301, 302, 303].includes(status)) return { method: 'GET', url, body: [] };
  return status === 307 || status === 308 ? { ...from, url } : undefined;
}
