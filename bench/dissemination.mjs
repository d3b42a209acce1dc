// How a change spreads in a large cluster at rest, in the simulated world of test/sim, which is made of the program's own code:
//   node bench/dissemination.mjs [MEMBERS=1000] [RECORDS=10000] [REPETITIONS=3] [FOLDER=bench/results]
// One instance of one member falls ill; which share of the others know, and when? At 0, 10 and 30 % loss of packets, while all
// records are refreshed as always. Prints a table, and writes it and a picture into FOLDER. The same each time: all is seeded.
// With 1,000 members it takes some minutes and some gigabytes: node --max-old-space-size=8000 bench/dissemination.mjs
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pictureOf } from './picture.mjs';

const ROOT = join(import.meta.dirname, '..');
const [members = 1000, records = 10_000, repetitions = 3] = process.argv.slice(2, 5).map(Number);
const folder = process.argv[5] ?? join(ROOT, 'bench', 'results');
const LOSSES = [0, 0.1, 0.3];
const SHARES = [0.5, 0.9, 0.99, 1];
const SEED = 20_261_123;
/** By then the first announcements are over, and no attempt to join is under way: those come at 0, 1, 3, 7, 15 and 31 s. */
const ALONE_MS = 27_000;
const SETTLE_MS = 500;
const STEP_MS = 50;
const GIVE_UP_MS = 60_000;

execFileSync(
  process.execPath,
  [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', join(ROOT, 'bench/tsconfig.json')],
  {
    stdio: 'inherit',
  },
);
const built = (path) => import(join(ROOT, 'run/bench', path));
const { World } = await built('test/sim/world.js');
const { lanOf } = await built('test/sim/options.js');
const { RecordReader } = await built('src/replication/record-reader.js');
const { Status } = await built('src/service/service.js');

// A thousand members in one process: what one has read, the others need not hold again.
const reader = new RecordReader();
const { read } = RecordReader.prototype;
RecordReader.prototype.read = (payload) => read.call(reader, payload);

const world = new World(lanOf(members, 0), SEED);
const progress = (what) => process.stderr.write(`${(performance.now() / 1000).toFixed(0).padStart(5)} s  ${what}\n`);
form();
const series = LOSSES.map((loss) => ({
  loss,
  runs: Array.from({ length: repetitions }, (_, run) => measure(loss, run)),
}));
report();

/** Everybody knows everybody and every record, as if they had been together for long. */
function form() {
  progress(`${members} members start, each alone`);
  world.network.weather = { ...world.network.weather, loss: 1 };
  for (const machine of world.machines) {
    for (let i = machine.number; i < records; i += members) machine.deploy(1);
    world.start(machine);
  }
  world.agenda.runUntil(ALONE_MS);
  const agents = world.machines.map(({ agent }) => agent);
  const nodes = agents.flatMap(({ node }) => node.localState(false).nodes.filter(({ name }) => name === nameOf(node)));
  const all = agents.flatMap(({ catalog }, i) => catalog.recordsOf(world.machines[i].name));
  progress('they are told of each other and of all records');
  agents.forEach((agent, i) => {
    const { clock } = agent.process;
    const own = agent.node.localState(false);
    const from = world.machines[(i + 1) % members].endpoint;
    agent.node.onPushPull({ ...own, nodes, userState: new Uint8Array() }, from, clock.now());
    for (const record of all) agent.catalog.merge(record, { reason: 'received' });
    // All that would be news is said by now, to nobody: each ping is answered with as much of it as fits.
    const ping = { type: 'ping', node: '', seqNo: 1 };
    let before;
    do {
      before = world.network.bytes;
      agent.node.receive(from, ping, clock.now());
    } while (world.network.bytes - before > 100);
    if ((i + 1) % 100 === 0) progress(`${i + 1} of ${members} are at rest`);
  });
}

/** The name by which a node lists itself. */
function nameOf(node) {
  return node.aliveNames()[0];
}

/** @returns after how long each member knew, in ms, sorted */
function measure(loss, run) {
  const { agenda, network } = world;
  network.weather = { ...network.weather, loss, duplication: loss / 10 };
  agenda.runUntil(agenda.now + SETTLE_MS);
  const origin = world.machines[world.random.below(members)];
  const [instance] = origin.instances.values();
  const { id } = instance.service;
  const status = instance.isHealthy ? Status.Unhealthy : Status.Alive;
  const known = new Map();
  const deaf = world.machines.map(({ agent, name }) =>
    agent.catalog.onChange(({ service }) => {
      if (service.id === id && service.status === status && !known.has(name)) known.set(name, agenda.now);
    }),
  );
  origin.flip();
  const begin = agenda.now;
  while (known.size < members && agenda.now < begin + GIVE_UP_MS) agenda.runUntil(agenda.now + STEP_MS);
  for (const end of deaf) end();
  const told = known.get(origin.name);
  const times = [...known.values()].map((at) => at - told).sort((a, b) => a - b);
  progress(`${loss * 100} % loss, run ${run + 1}: ${known.size} of ${members} know after ${times.at(-1)} ms`);
  return { times };
}

function report() {
  const median = (values) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
  const after = ({ times }, share) => times[Math.ceil(share * members) - 1] ?? Infinity;
  const rows = series.map(({ loss, runs }) => [
    `${loss * 100} %`,
    ...SHARES.map((share) => `${median(runs.map((run) => after(run, share)))} ms`),
  ]);
  const head = ['loss', ...SHARES.map((share) => `${share * 100} % know`)];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i].length)));
  const line = (cells) => `| ${cells.map((cell, i) => cell.padStart(widths[i])).join(' | ')} |`;
  const rule = `| ${widths.map((width) => `${'-'.repeat(width - 1)}:`).join(' | ')} |`;
  const table = [line(head), rule, ...rows.map(line)].join('\n');
  const title = `${members.toLocaleString('en')} members, ${records.toLocaleString('en')} records: who knows of one change`;
  const note = `Time from the change in its origin's catalog; ${repetitions === 1 ? 'one change' : `median of ${repetitions} changes`} at each loss.`;
  console.log(`${title}\n\n${table}\n\n${note}`);
  mkdirSync(folder, { recursive: true });
  const text = `# ${title}\n\n${table}\n\n${note}\n\n![Share of members that know, over time](dissemination.svg)\n\nMade by \`node bench/dissemination.mjs\` in the simulated world of \`test/sim\`.\n`;
  writeFileSync(join(folder, 'dissemination.md'), text);
  const curves = series.map(({ loss, runs }) => ({
    label: `${loss * 100} % loss`,
    runs: runs.map(({ times }) => times),
  }));
  writeFileSync(join(folder, 'dissemination.svg'), pictureOf(title, members, curves));
}
