import type { Clock, EventHandlers, Reply } from '../data/ports.js';
import { EVENT_KINDS } from '../data/event.js';

/** An agent that is silent for longer is not there. */
const ANSWERS_WITHIN_MS = 15_000;

export const browserClock: Clock = {
  now: () => Date.now(),
  after(delayMs, act) {
    const timer = setTimeout(act, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Asks the agent for JSON. Rejects when it cannot be reached. */
export async function getJson(path: string, knownTag?: string): Promise<Reply> {
  const headers = { Accept: 'application/json' };
  if (knownTag === undefined) return ask(path, { headers, cache: 'no-cache' });
  // Without the browser's own memory between, which would answer for the agent.
  return ask(path, { headers: { ...headers, 'If-None-Match': knownTag || '""' }, cache: 'no-store' });
}

/** Asks the agent that served this page to change something. Rejects when it cannot be reached. */
export async function sendChange(method: 'POST' | 'DELETE', path: string, token: string | undefined): Promise<Reply> {
  const authorization = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return ask(path, { method, headers: { Accept: 'application/json', ...authorization } });
}

async function ask(path: string, request: RequestInit): Promise<Reply> {
  const response = await fetch(path, { ...request, signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
  const time = Date.parse(response.headers.get('Date') ?? '');
  const body: unknown = await response.json().catch((error: unknown) => {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  });
  const tag = response.headers.get('ETag') ?? undefined;
  return { status: response.status, body, agentTime: Number.isNaN(time) ? undefined : time, tag };
}

/** An EventSource that does not come back by itself: who opened it decides when. */
export function openEventSource(path: string, { opened, told, ended }: EventHandlers): () => void {
  const source = new EventSource(path);
  source.onopen = opened;
  source.onerror = () => {
    source.close();
    ended();
  };
  for (const kind of [...EVENT_KINDS, 'gap'])
    source.addEventListener(kind, (event) => told(kind, String((event as MessageEvent<unknown>).data)));
  return () => source.close();
}

/** The same address, and what the agent serves there by now. */
export const reloadPage = (): void => window.location.reload();

/** Whether somebody may be looking at this page. */
export const isPageVisible = (): boolean => document.visibilityState === 'visible';

/** @returns its end */
export function onPageVisible(act: (isVisible: boolean) => void): () => void {
  const tell = (): void => act(isPageVisible());
  document.addEventListener('visibilitychange', tell);
  return () => document.removeEventListener('visibilitychange', tell);
}
