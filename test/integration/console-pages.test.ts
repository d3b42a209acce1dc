import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { Agent, type AgentSetup } from '../support/agent.js';
import { barriersIn, Browser, inBrowser, show } from '../support/browser.js';
import { Backend, freePorts, get } from '../support/network.js';
import { until } from '../support/until.js';

const TOKEN = 'a-token';
const WELL = { Type: 'AlwaysSuccessful' };
const httpGet = (port: number): unknown => ({
  ...{ Type: 'HttpGet', Args: `http://127.0.0.1:${port}/`, HealthCheckInterval: '200ms' },
});

/** As a name that somebody lets a program make. */
const LONG_NAME = `long-${'feature-branch-'.repeat(6)}end`;
const LONG_VERSION = `1.0-SNAPSHOT-${'0123456789abcdef'.repeat(3)}`;

const target = (name: string, version: string, port: number, servicePort: number, check: unknown): unknown => ({
  Service: {
    ...{ Name: name, Image: `registry.example/${name}:${version}`, ProxyMode: 'http' },
    Ports: [{ Type: 'tcp', Port: port, ServicePort: servicePort, IP: '127.0.0.1' }],
  },
  Check: check,
});

inBrowser('the pages of the console', () => {
  const ends: (() => Promise<void>)[] = [];
  /** Of one cluster: with HAProxy and a token; and one that leaves HAProxy alone. */
  let h1: Agent;
  let h2: Agent;
  /** Of another cluster, without a token. */
  let eu: Agent;
  let browser: Browser;
  let page: Page;
  let servicePort: number;
  let euWeb: unknown;

  async function agent(name: string, setup: AgentSetup, others: readonly string[] = []): Promise<Agent> {
    const toml = { ...setup.toml, sidecar: [`hostname = "${name}"`, ...others] };
    const started = await Agent.start({ ...setup, toml });
    ends.push(() => started.destroy());
    return started;
  }

  const idOf = async (service: string, host: string): Promise<string> =>
    until(
      `${service} is known on ${host}`,
      async () => (await h1.instances(service)).find(({ Hostname }) => Hostname === host)?.ID,
    );

  /** Goes to an address, and waits until the page says who it is and is live. */
  async function open(address: string, title: string | RegExp, at: Page = page, of: Agent = h1): Promise<void> {
    await at.goto(of.url(`/ui/${address}`));
    await at.getByRole('heading', { level: 1, name: title }).waitFor();
    await at.locator('.link-live').waitFor();
  }

  /** Where the keyboard is. */
  const focused = (): Promise<string> => page.evaluate<string>('document.activeElement.id');

  beforeAll(async () => {
    const backend = await Backend.start('web');
    ends.push(() => backend.stop());
    const [closed = 0, port = 0, illPort = 0, longPort = 0] = await freePorts(4);
    servicePort = port;
    euWeb = target('web', '2.0', backend.port, port, WELL);
    eu = await agent('eu-1', { targets: [euWeb], flags: ['-x'] }, ['cluster_name = "eu"']);
    h1 = await agent(
      'h1',
      {
        targets: [
          target('web', '1.0', backend.port, port, httpGet(backend.port)),
          target('ill', '1.0', closed, illPort, httpGet(closed)),
          target(LONG_NAME, LONG_VERSION, closed, longPort, httpGet(closed)),
        ],
        toml: {
          http: [`token = "${TOKEN}"`],
          console: [`clusters = [{ name = "eu", url = "http://127.0.0.1:${eu.httpPort}" }]`],
        },
      },
      ['cluster_name = "us"'],
    );
    h2 = await agent('h2', { targets: [target('web', '1.1', backend.port, port, WELL)], flags: ['-x'] }, [
      ...['cluster_name = "us"', `seeds = ["127.0.0.1:${h1.gossipPort}"]`],
    ]);
    await idOf('web', 'h2');
    await until('HAProxy serves it', async () => (await get(`http://127.0.0.1:${port}/`)).status === 200);
    browser = await Browser.start();
    ends.push(() => browser.close());
    page = await browser.page(h1.url(''));
  });

  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  test('an instance that is routed is so on its page, and drains there once the token is given', async () => {
    await open(`instances/h1/${await idOf('web', 'h1')}`, 'web on h1');
    await page.getByText('Routed ROUTED').waitFor();
    await page.getByRole('button', { name: 'Drain…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Drain web on h1?' });
    await dialog.getByRole('button', { name: 'Drain' }).click();
    await dialog.getByLabel('Token').fill('another');
    await dialog.getByRole('button', { name: 'Drain' }).click();
    await dialog.getByRole('alert').getByText('That is not the token of this agent.').waitFor();
    await dialog.getByLabel('Token').fill(TOKEN);
    await dialog.getByRole('button', { name: 'Drain' }).click();
    await dialog.waitFor({ state: 'hidden' });

    await page.getByText('Drained: nothing new comes').waitFor();
    await page
      .getByRole('list', { name: 'Its way into HAProxy' })
      .getByText('drained', { exact: true })
      .first()
      .waitFor();
    await page.locator('.badge-draining').first().waitFor();
    const happened = page.getByRole('region', { name: 'What happened' });
    await happened.getByText('was Alive and is Draining').waitFor();

    await page.getByRole('button', { name: 'End the drain…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End the drain' }).click();
    await happened.getByText('and is Alive: its drain is over').waitFor();
    await page.getByText('Routed ROUTED').waitFor();
  });

  test('where there is no token, it asks for none', async () => {
    const other = await browser.page(eu.url(''));
    const [instance] = await eu.instances('web');
    await open(`instances/eu-1/${instance?.ID}`, 'web on eu-1', other, eu);
    await other.getByRole('button', { name: 'Drain…' }).click();
    await other.getByRole('dialog').getByRole('button', { name: 'Drain' }).click();
    await other.locator('.badge-draining').first().waitFor();
    await other.close();
  });

  test('the instance of another host is drained there, and the page says so', async () => {
    await open(`instances/h2/${await idOf('web', 'h2')}`, 'web on h2');
    await page.getByRole('button', { name: 'Drain…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Only the agent of h2 can do that').waitFor();
    expect(await dialog.getByRole('link', { name: 'Open its console' }).getAttribute('href')).toBe(
      h2.url(`/ui/instances/h2/${await idOf('web', 'h2')}`),
    );
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  });

  test('a fault is shown at the step that stops the way, with what was seen', async () => {
    await open(`instances/h1/${await idOf('ill', 'h1')}`, 'ill on h1');
    await page.getByText(/^Not routed/).waitFor();
    const step = page.getByRole('list', { name: 'Its way into HAProxy' }).locator('[aria-current=step]');
    await step.getByText('Checked', { exact: true }).waitFor();
    await page.getByText('ECONNREFUSED').first().waitFor();
  });

  test('versions stand side by side while several run, and the filters lead there and back', async () => {
    await open('', 'Services');
    await page.getByRole('button', { name: 'Several versions' }).click();
    await page.getByRole('rowheader', { name: 'ill' }).waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('?show=rolling');
    await page.getByRole('link', { name: 'web', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'web' }).waitFor();
    await page.getByText('1.1').first().waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'Several versions', pressed: true }).waitFor();
    await page.goBack();
    await page.getByRole('rowheader', { name: 'ill' }).waitFor();
  });

  test('the hosts are there, and whether they see each other', async () => {
    await open('hosts', 'Hosts');
    const members = page.getByRole('table', { name: 'Members of the cluster' });
    for (const name of ['h1', 'h2']) await members.getByRole('rowheader', { name }).waitFor();
    await page.getByText('2 of 2 members alive').waitFor();
    await members.getByRole('link', { name: 'h2' }).click();
    await page.getByRole('heading', { level: 1, name: 'h2' }).waitFor();
  });

  test('that the cluster is in parts is said above the members, of which each part finds its own well', async () => {
    const parted = await browser.page(h1.url(''));
    const views = { hosts: [], partitions: [['h1'], ['h2']] };
    await parted.route('**/api/views', (route) => route.fulfill({ json: views }));
    await open('hosts', 'Hosts', parted);
    const notice = parted.getByRole('alert').getByText('The cluster is in 2 parts');
    await notice.waitFor();
    const table = parted.getByRole('table', { name: 'Members of the cluster' });
    expect((await notice.boundingBox())?.y).toBeLessThan((await table.boundingBox())?.y ?? 0);
    await parted.close();
  });

  test('HAProxy is there: its frontends, and the text that it runs', async () => {
    await open('haproxy', 'HAProxy');
    await page.getByRole('table', { name: 'Frontends of HAProxy' }).getByRole('rowheader', { name: 'web' }).waitFor();
    await page.getByRole('link', { name: 'Configuration' }).click();
    await page.getByText(`web-${servicePort}`).first().waitFor();
  });

  test('what happened can be searched, and the catalog is shown as it was', async () => {
    await open('events', 'Events');
    await page.getByRole('searchbox').fill('draining');
    await page.getByRole('button', { name: 'All', pressed: true }).waitFor();
    await page.getByText('was Alive and is Draining').first().waitFor();
    const moment = page.getByRole('slider', { name: 'The moment that is shown' });
    await moment.focus();
    await moment.press('ArrowLeft');
    await page.getByRole('heading', { name: 'What has changed since' }).waitFor();
    expect(new URL(page.url()).searchParams.has('at')).toBe(true);
    await page.getByRole('button', { name: 'Back to now' }).click();
    await page.getByRole('heading', { name: 'What has changed since' }).waitFor({ state: 'detached' });
    expect(await focused()).toBe('main'); // the button is gone
  });

  test('a moment that is none is not shown as one', async () => {
    await open('events?at=banana', 'Events');
    await page.getByText('“banana” is no time').waitFor();
    await page.getByRole('button', { name: 'Back to now' }).waitFor({ state: 'detached' });
  });

  test('where filters leave nothing there is a way out of them, and the keyboard goes on in the page', async () => {
    await open('services?q=nothing-has-this', 'Services');
    await page.getByRole('button', { name: 'Show all services' }).click();
    await page.getByRole('rowheader', { name: 'web' }).first().waitFor();
    expect(await focused()).toBe('main');
  });

  test('long names make no page wider than a phone, and leave room for the way to the instance', async () => {
    const phone = await browser.page(h1.url(''));
    await phone.setViewportSize({ width: 400, height: 860 });
    for (const [address, title] of [
      ['events', 'Events'],
      ['clusters', 'Clusters'],
      ['haproxy', 'HAProxy'],
      [`services?q=${'x'.repeat(200)}`, 'Services'],
      ['hosts/h1', 'h1'],
      ['services', 'Services'],
    ] as const) {
      await open(address, title, phone);
      const id = address.startsWith('hosts') || address === 'services' ? await idOf(LONG_NAME, 'h1') : undefined;
      const name = phone.getByRole('rowheader', { name: LONG_NAME }).getByRole('link');
      const way = phone.getByRole('link', { name: id ?? '', exact: true });
      for (const link of id === undefined ? [] : [name, way])
        expect((await link.boundingBox())?.width).toBeGreaterThan(60);
      expect(await phone.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(400);
    }
    await phone.close();
  });

  test('another cluster is shown beside, and live when it is chosen', async () => {
    await open('clusters', 'Clusters');
    const cards = page.getByRole('list', { name: 'Clusters' });
    await cards.getByText('Answers').waitFor();
    await page
      .getByRole('table', { name: /versions that run/ })
      .getByRole('link', { name: '2.0' })
      .waitFor();
    await cards.getByRole('link', { name: 'eu' }).click();
    await page.getByRole('heading', { level: 1, name: 'Services' }).waitFor();
    await page.getByRole('rowheader', { name: 'ill' }).waitFor({ state: 'detached' });
    eu.writeTargets([euWeb, target('more', '3.0', 80, 0, WELL)]);
    await page.getByRole('rowheader', { name: 'more' }).waitFor();
    expect(page.url()).toBe(h1.url('/ui/services?cluster=eu'));
    await page.getByRole('combobox', { name: 'Cluster' }).selectOption('us');
    await page.getByRole('rowheader', { name: 'ill' }).waitFor();
  });

  test('what a check showed on another host is told by that host, through the agent that is asked', async () => {
    const other = await browser.page(h2.url(''));
    await open('', 'Services', other, h2);
    await other
      .getByRole('cell', { name: /ECONNREFUSED/ })
      .first()
      .waitFor();
    await open('services/ill', 'ill', other, h2);
    await other.getByRole('heading', { name: /Last check on h1/ }).waitFor();
    await other.close();
  });

  test('an agent that leaves HAProxy alone is not asked for it', async () => {
    const other = await browser.page(h2.url(''));
    const asked: string[] = [];
    other.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await open('haproxy', 'HAProxy', other, h2);
    await other.getByText('leaves HAProxy alone').first().waitFor();
    expect(asked).toContain('/api/convergence');
    expect(asked).not.toContain('/api/proxy');
    await other.close();
  });

  test('a page that nobody sees keeps no connection, and takes up behind the last event when it is seen again', async () => {
    const other = await browser.page(eu.url(''));
    const streams = async (): Promise<number> =>
      Number(/^sidecar_http_event_readers (\d+)$/m.exec((await get(eu.url('/metrics'))).body)?.[1]);
    const asked: string[] = [];
    other.on('request', (request) => asked.push(request.url().slice(eu.url('').length)));
    await open('', 'Services', other, eu);
    eu.writeTargets([euWeb, target('early', '1.0', 81, 0, WELL)]);
    await other.getByRole('rowheader', { name: 'early' }).waitFor();

    await show(other, 'hidden');
    await until('its stream is closed', async () => (await streams()) === 0);
    eu.writeTargets([euWeb, target('meanwhile', '1.0', 82, 0, WELL)]);
    await until('the agent knows it', async () => (await eu.instances('meanwhile')).length === 1);
    expect(await other.getByRole('rowheader', { name: 'meanwhile' }).count()).toBe(0);

    asked.length = 0;
    await show(other, 'visible');
    await other.getByRole('rowheader', { name: 'meanwhile' }).waitFor();
    await other.locator('.link-live').waitFor();
    expect(asked.filter((path) => path.startsWith('/api/events'))).toEqual([
      expect.stringMatching(/^\/api\/events\?after=\d+$/),
    ]);
    expect(asked).not.toContain('/api/state.json');
    await other.close();
  });

  test.each(['light', 'dark'] as const)(
    'axe-core finds no barrier on any page in %s',
    async (colorScheme) => {
      const looked = await browser.page(h1.url(''));
      await looked.emulateMedia({ colorScheme });
      const addresses: readonly (readonly [string, string])[] = [
        ['services', 'Services'],
        ['services?q=nothing-has-this', 'Services'],
        ['services/web', 'web'],
        [`instances/h1/${await idOf('web', 'h1')}`, 'web on h1'],
        [`instances/h1/${await idOf('ill', 'h1')}`, 'ill on h1'],
        ['hosts', 'Hosts'],
        ['hosts/h1', 'h1'],
        ['haproxy', 'HAProxy'],
        ['haproxy/changes', 'HAProxy'],
        ['haproxy/config', 'HAProxy'],
        ['events', 'Events'],
        [`events?at=${new Date(Date.now() - 1_000).toISOString()}`, 'Events'],
        ['clusters', 'Clusters'],
        ['nothing', 'No such page'],
      ];
      const found: string[] = [];
      for (const [address, title] of addresses) {
        await open(address, title, looked);
        found.push(...(await barriersIn(looked)).map((barrier) => `${address}: ${barrier}`));
      }
      expect(found).toEqual([]);
      await looked.close();
    },
    180_000,
  );

  test('nothing was wrong, and nobody else was asked', () => {
    expect(browser.wrongs).toEqual([]);
  });
});
