// How soon the console is there, and how smoothly it scrolls, in Debian's chromium:
//   node bench/console.mjs [RUNS=9] [SERVICES=1000]
// An agent knows that many services with three instances each. First view: from the start of the navigation to the frame that shows
// the first instances, with nothing in the browser's cache. A change: from the time that the journal of the agent has for a drain to
// the page that shows it. Writes bench/results/console.md. Needs a build and chromium; HAProxy is not needed.
/* global document, window, requestAnimationFrame, MutationObserver -- of the page */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { isSettled, startAgent } from './static-agent.mjs';

const ROOT = join(import.meta.dirname, '..');
const BUILT = join(ROOT, 'dist/console');
const [runs, services] = [Number(process.argv[2] ?? 9), Number(process.argv[3] ?? 1000)];
const INSTANCES = 3;
const ADDRESS = '127.0.2.3';
const [HTTP, GOSSIP] = [17_987, 17_989];
const SIZES = [
  { width: 1280, height: 820 },
  { width: 400, height: 800 },
];
/** Frames that are scrolled through, by so many pixels each. */
const [FRAMES, SCROLL_PX] = [120, 900];

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const url = (path) => `http://${ADDRESS}:${HTTP}${path}`;
const quantile = (values, q) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;
};

/** Runs in the page before anything else: notes when the first instances have been drawn. */
function watchFirstView() {
  const look = () => {
    if (document.querySelector('.row-instance')) {
      // The frame that has them begins after these callbacks, and is done when the next one begins.
      requestAnimationFrame(() => (globalThis.firstViewMs = performance.now()));
    } else {
      requestAnimationFrame(look);
    }
  };
  requestAnimationFrame(look);
}

/** A browser without anything kept, at the page of all services. */
async function firstView(browser, viewport) {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  await page.addInitScript(watchFirstView);
  await page.goto(url('/ui/'));
  const firstMs = await page.waitForFunction(() => globalThis.firstViewMs).then((value) => value.jsonValue());
  const answers = await page.evaluate(() =>
    performance.getEntriesByType('resource').map(({ name, responseEnd }) => ({ name, responseEnd })),
  );
  const endOf = (suffix) => answers.find(({ name }) => name.endsWith(suffix))?.responseEnd ?? NaN;
  return { context, page, firstMs, scriptMs: endOf('.js'), stateMs: endOf('/api/state.json') };
}

/** Times between frames while the page scrolls by more than its height in each. */
const scroll = (page) =>
  page.evaluate(
    async ([frames, by]) => {
      const frame = () => new Promise(requestAnimationFrame);
      const times = [];
      let last = await frame();
      for (let i = 0; i < frames; i += 1) {
        window.scrollBy(0, by);
        const now = await frame();
        times.push(now - last);
        last = now;
      }
      return times;
    },
    [FRAMES, SCROLL_PX],
  );

/** From the journal's time of a drain to the moment at which the first service shows it. */
async function change(page, id, isDrained) {
  const shown = page.evaluate(
    (status) =>
      new Promise((resolve) => {
        const look = () => {
          const row = document.querySelector('.row-instance');
          if (!row?.textContent.includes(status)) return false;
          observer.disconnect();
          resolve(Date.now());
          return true;
        };
        const observer = new MutationObserver(look);
        observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
        look();
      }),
    isDrained ? 'Draining' : 'Alive',
  );
  const answer = await fetch(url(`/api/services/${id}/drain`), { method: isDrained ? 'POST' : 'DELETE' });
  if (!answer.ok) throw new Error(`the drain was answered with ${answer.status}`);
  const shownAt = await shown;
  const { events } = await (await fetch(url(`/api/history?service=service-0&kind=service&limit=1`))).json();
  return shownAt - Date.parse(events.at(-1).time);
}

async function settled() {
  for (const start = performance.now(); performance.now() - start < 120_000; await wait(200))
    if (await isSettled(ADDRESS, HTTP, services * INSTANCES)) return;
  throw new Error('waited two minutes in vain until the agent has settled');
}

/** All files of the console, in one encoding. */
function assetBytes(ending) {
  const files = readdirSync(BUILT, { recursive: true }).filter((name) => name.endsWith(ending));
  return files.reduce((sum, name) => sum + statSync(join(BUILT, name)).size, 0);
}

const ms = (time) => `${time < 10 ? time.toFixed(1) : time.toFixed(0)} ms`;
const kb = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;
const row = (name, values) => `| ${name} | ${ms(quantile(values, 0.5))} | ${ms(Math.max(...values))} |`;

async function measure(browser, viewport) {
  const views = [];
  for (let run = 0; run < runs; run += 1) {
    const view = await firstView(browser, viewport);
    views.push(view);
    if (run < runs - 1) await view.context.close();
  }
  const { page, context } = views.at(-1);
  await page.locator('.link-live').waitFor();
  const first = await page.locator('.row-instance a[href*="/instances/"]').first().getAttribute('href');
  const id = decodeURIComponent(first.split('/').at(-1));
  const changes = [];
  for (let run = 0; run < runs; run += 1) changes.push(await change(page, id, run % 2 === 0));
  if (runs % 2 === 1) await change(page, id, false);
  const frames = await scroll(page);
  await context.close();
  const of = (key) => views.map((view) => view[key]);
  return `${row(`First view, ${viewport.width} px`, of('firstMs'))}
${row('… of that until the script is there', of('scriptMs'))}
${row('… until the state is there', of('stateMs'))}
${row('A change', changes)}
${row(`A frame while it scrolls ${SCROLL_PX} px in each; the median, and the slowest of ${FRAMES}`, frames)}`;
}

const dir = mkdtempSync(join(tmpdir(), 'sidecar-bench-'));
const load = loadavg()[0].toFixed(1);
const agent = startAgent({ dir, address: ADDRESS, http: HTTP, gossip: GOSSIP, services, instances: INSTANCES });
const ended = new Promise((resolve) => agent.once('close', resolve));
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const rows = [];
let stateBytes;
try {
  await settled();
  stateBytes = (await (await fetch(url('/api/state.json'))).arrayBuffer()).byteLength;
  for (const viewport of SIZES) rows.push(await measure(browser, viewport));
} finally {
  await browser.close();
  agent.kill('SIGTERM');
  await ended;
  rmSync(dir, { recursive: true, force: true });
}

const report = `# The console of a large cluster

${services.toLocaleString('en')} services with ${INSTANCES} instances each: \`/api/state.json\` has ${kb(stateBytes)}, before it is compressed.

| | median | slowest |
| :--- | ---: | ---: |
${rows.join('\n')}

First view is from the start of the navigation to the frame that shows the first instances, with nothing in the browser's cache; ${runs} runs
each. A change is from the time that the journal of the agent has for a drain to the page that shows it. Agent and browser on the same
machine, over loopback.

All files of the console together: ${kb(assetBytes('.br'))} as brotli, ${kb(assetBytes('.gz'))} as gzip.

Made by \`node bench/console.mjs ${runs} ${services}\` with Node.js ${process.version}, Chromium ${browser.version()} and Linux ${release()} on ${cpus().length} × ${cpus()[0].model.trim()}, whose load average was ${load} before.
`;
console.log(report);
writeFileSync(join(ROOT, 'bench/results/console.md'), report);
