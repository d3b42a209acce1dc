import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe } from '@jest/globals';
import { chromium, type Browser as Chromium, type Page } from 'playwright-core';

const PROGRAM = '/usr/bin/chromium';
const AXE = readFileSync(resolve('node_modules/axe-core/axe.min.js'), 'utf8');

/** For what a browser must do: skipped where there is none, which `npm test` says. */
export const inBrowser = existsSync(PROGRAM) ? describe : describe.skip;

/** From a change to the page, on a machine that does much else. */
const PATIENCE_MS = 30_000;

/** What an agent refuses is told to the page, which says so; the browser notes it besides. */
const REFUSED = /^Failed to load resource: the server responded with a status of 40[13]/;

/** Chromium, with what its pages complained of. */
export class Browser {
  /** What was wrong in any page: errors, warnings, and requests to others than the agent. */
  readonly wrongs: string[] = [];

  private constructor(private readonly chromium: Chromium) {}

  static async start(): Promise<Browser> {
    return new Browser(await chromium.launch({ executablePath: PROGRAM, args: ['--no-sandbox'] }));
  }

  /** A page of its own, with nothing kept. @param origin the only one that it may ask */
  async page(origin: string): Promise<Page> {
    const page = await this.chromium.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('console', (message) => {
      const text = message.text();
      if (!['error', 'warning'].includes(message.type()) || REFUSED.test(text)) return;
      this.wrongs.push(text);
    });
    page.on('pageerror', (error) => this.wrongs.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(`${origin}/`)) this.wrongs.push(`asked for ${request.url()}`);
    });
    return page;
  }

  async close(): Promise<void> {
    await this.chromium.close();
  }
}

/** Lets a page take itself for one that somebody may be looking at, or nobody is: without windows a browser shows all of them. */
export async function show(page: Page, state: 'visible' | 'hidden'): Promise<void> {
  await inPage(
    page,
    `Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
     document.dispatchEvent(new Event('visibilitychange'))`,
  );
}

/**
 * Runs expressions, one after the other, by the browser's debugger: the page itself may run nothing that its agent does not serve.
 *
 * @returns what the last one comes to
 */
async function inPage(page: Page, ...expressions: readonly string[]): Promise<unknown> {
  const debug = await page.context().newCDPSession(page);
  let value: unknown;
  for (const expression of expressions) {
    const { result } = await debug.send('Runtime.evaluate', { expression, awaitPromise: true });
    value = result.value;
  }
  await debug.detach();
  return value;
}

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

/** What keeps people from using the page as it is now, by axe-core: its serious and critical findings. */
export async function barriersIn(page: Page): Promise<readonly string[]> {
  const found = await inPage(page, AXE, 'axe.run().then(({ violations }) => JSON.stringify(violations))');
  const violations = JSON.parse(String(found)) as readonly Violation[];
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' ')}`);
}
