import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { Agent } from '../support/agent.js';
import { Browser, inBrowser } from '../support/browser.js';
import { get } from '../support/network.js';

const target = (name: string, port: number, image: string): unknown => ({
  Service: {
    Name: name,
    Image: image,
    Ports: [{ Type: 'tcp', Port: port, ServicePort: port + 10_000, IP: '127.0.0.1' }],
  },
  Check: { Type: 'AlwaysSuccessful' },
});

const BUILT = 'dist/console';

test.each(['.br', '.gz'])('all files of the console together are small as %s', (ending) => {
  const files = readdirSync(BUILT, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(ending));
  expect(files.length).toBeGreaterThanOrEqual(4);
  expect(files.reduce((sum, name) => sum + statSync(join(BUILT, name)).size, 0)).toBeLessThan(150_000);
});

inBrowser('the console in a browser', () => {
  let agent: Agent;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    agent = await Agent.start({ targets: [target('web', 20_001, 'registry.example/web:1.0')] });
    browser = await Browser.start();
    page = await browser.page(agent.url(''));
  });

  afterAll(async () => {
    await browser.close();
    await agent.destroy();
  });

  test('shows the services, and is live', async () => {
    await page.goto(agent.url('/'));
    expect(page.url()).toBe(agent.url('/ui/'));
    const table = page.getByRole('table', { name: 'Services and their instances' });
    await table.getByRole('rowheader', { name: 'web' }).waitFor();
    await table.getByText('30001→20001').waitFor();
    await page.locator('.link-live').waitFor();
  });

  test('shows a change by itself, without being loaded anew', async () => {
    let loads = 0;
    page.on('load', () => (loads += 1));
    agent.writeTargets([
      target('web', 20_001, 'registry.example/web:1.0'),
      target('billing', 20_002, 'registry.example/billing:2.0'),
    ]);
    await page.getByRole('rowheader', { name: 'billing' }).waitFor();
    expect(loads).toBe(0);
  });

  test('the search is in the address, and the way back takes it away', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('bill');
    await page.getByRole('rowheader', { name: 'web' }).waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('?q=bill');
    await page.getByRole('link', { name: 'billing' }).click();
    await page.getByRole('heading', { level: 1, name: 'billing' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/ui/services/billing');
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Services' }).waitFor();
    expect(await page.getByRole('searchbox').inputValue()).toBe('bill');
  });

  test('an address from elsewhere shows its page', async () => {
    await page.goto(agent.url('/ui/services/web'));
    await page.getByRole('heading', { level: 1, name: 'web' }).waitFor();
  });

  test('nothing was wrong, and nobody else was asked', () => {
    expect(browser.wrongs).toEqual([]);
  });

  test('says that the agent is gone, and comes back by itself with it', async () => {
    agent.kill();
    await agent.ended();
    await page.getByText(/^Not connected for \d+ s; what you see is from/).waitFor();
    expect(await page.getByText('30001→20001').count()).toBe(1);
    agent.spawn();
    await agent.untilReady();
    await page.locator('.link-live').waitFor();
  });
  test('a page that lies open over an upgrade says so, and is loaded anew when its reader wants it', async () => {
    const { body } = await get(agent.url('/ui/'));
    const another = body.replace(/index-[\w-]+\.js/, 'index-another.js');
    expect(another).not.toBe(body);
    await page.route(agent.url('/ui/'), async (route) => route.fulfill({ contentType: 'text/html', body: another }));
    const notice = page.getByText('The agent has another version of the console by now.');
    expect(await notice.count()).toBe(0);
    agent.kill();
    await agent.ended();
    agent.spawn();
    await agent.untilReady();
    await notice.waitFor();
    await page.unrouteAll();
    await page.getByRole('button', { name: 'Reload' }).click();
    await notice.waitFor({ state: 'detached' });
    await page.locator('.link-live').waitFor();
  });

  test('a part that cannot be loaded is missed openly', async () => {
    await page.route('**/ui/assets/plot-*.js', async (route) => route.fulfill({ status: 404 }));
    await page.goto(agent.url('/ui/haproxy'));
    await page.getByText('A part of this page could not be loaded.').waitFor();
    await page.unrouteAll();
    await page.getByRole('button', { name: 'Reload' }).click();
    await page.locator('.chart canvas').first().waitFor();
  });
});
