import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { findCulprits, type Culprits } from '../../src/haproxy/culprits.js';
import type { HaproxyFault } from '../../src/haproxy/fault.js';
import { bindRefusalsOf } from '../../src/haproxy/refusal-words.js';
import { sectionOwners } from '../../src/haproxy/section-owners.js';
import { verifyCandidate } from '../../src/haproxy/verify.js';
import { ok } from '../../src/lib/result.js';
import { runCommand } from '../../src/platform/command.js';
import { systemProcesses } from '../../src/platform/processes.js';
import { freePort, World } from '../haproxy/support/world.js';

let world: World;
beforeEach(async () => {
  world = await World.create();
});
afterEach(() => world.end());

const COUNT = 50;
const names = Array.from({ length: COUNT }, (_, i) => `svc-${i}`);
const services = names.map((name) => ({ name, ports: [{ servicePort: 8000 }] }));

/** What a custom template makes of a service: extra lines of its frontend, of its backend, and sections of its own. */
interface Poison {
  readonly frontend?: string;
  readonly backend?: string;
  readonly after?: string;
}

const sectionsOf = (name: string, { frontend = '', backend = '', after = '' }: Poison = {}): string => `
frontend ${name}-8000
  bind unix@${world.path(`${name}.sock`)}
  ${frontend}
  default_backend ${name}-8000
backend ${name}-8000
  ${backend}
  server a 10.0.0.1:80
${after}
`;

const HEAD = `global
  maxconn 100
defaults
  mode http
  timeout connect 1s
  timeout client 1s
  timeout server 1s
`;

async function verify(text: string): Promise<HaproxyFault | undefined> {
  const candidate = world.path('candidate.cfg');
  await writeFile(candidate, text);
  const options = { configFile: world.path('haproxy.cfg'), verifyCommand: '' };
  const deps = { run: runCommand, processes: systemProcesses };
  return verifyCandidate(candidate, options, deps, new AbortController().signal);
}

/** The search among fifty services of which some are poisoned. */
async function culpritsOf(poisons: ReadonlyMap<string, Poison>, owners = sectionOwners(services)): Promise<Culprits> {
  const render = (without: ReadonlySet<string>): string =>
    HEAD +
    names
      .filter((name) => !without.has(name))
      .map((name) => sectionsOf(name, poisons.get(name)))
      .join('');
  const firstFault = await verify(render(new Set()));
  if (!firstFault) throw new Error('HAProxy takes the poison');
  const found = await findCulprits({
    services: names,
    render: (without) => ok(render(without)),
    owners,
    verify,
    firstFault,
    maxVerifications: 100,
  });
  if (!('fault' in found)) expect(await verify(found.text)).toBeUndefined();
  return found;
}

const POISONS: readonly (readonly [what: string, poison: Poison, words: string])[] = [
  ['a mode that is none', { backend: 'mode zorg' }, "unknown proxy mode 'zorg'"],
  ['a server option that is none', { backend: 'server b 10.0.0.2:80 zorg' }, "unknown keyword 'zorg'"],
  ['a server of the same name', { backend: 'server a 10.0.0.2:80' }, "another server named 'a'"],
  ['a name nobody resolves', { backend: 'server b nosuch.invalid:80' }, "could not resolve address 'nosuch.invalid'"],
  ['an ACL that cannot be read', { frontend: 'acl x zorg' }, "error detected while parsing ACL 'x'"],
  ['a bind that is none', { frontend: 'bind 300.0.0.1:80' }, "invalid address: '300.0.0.1'"],
  ['a log format that is none', { frontend: 'log-format "%[zorg"' }, 'log-format'],
  [
    'a backend that is missing',
    { frontend: 'use_backend nosuch if TRUE' },
    "unable to find required use_backend: 'nosuch'",
  ],
  ['TLS without a certificate', { frontend: 'bind unix@/nowhere ssl' }, 'no SSL certificate specified'],
  ['an open quote', { frontend: 'acl x path "open' }, 'unmatched quote'],
];

describe('of fifty services the one with', () => {
  test.each(POISONS)('%s is set aside with what HAProxy says of it', async (_, poison, words) => {
    const found = await culpritsOf(new Map([['svc-31', poison]]));
    expect(found).toMatchObject({ setAside: new Map([['svc-31', expect.stringContaining(words)]]), verifications: 1 });
  });

  test('all of that at once is found among the others, one each', async () => {
    const poisons = new Map(POISONS.map(([, poison], i) => [`svc-${i * 5}`, poison]));
    const found = await culpritsOf(poisons);
    if ('fault' in found) throw new Error(found.fault.code);
    expect(new Set(found.setAside.keys())).toEqual(new Set(poisons.keys()));
    for (const [i, [, , words]] of POISONS.entries()) expect(found.setAside.get(`svc-${i * 5}`)).toContain(words);
    expect(found.verifications).toBeLessThanOrEqual(4);
  });
});

describe('where the words do not help', () => {
  const nobodys = { ofProxy: () => undefined, ofLine: () => undefined };

  test('sections with names of their own are found by halves, named with what HAProxy says', async () => {
    const poisons = new Map([7, 8, 42].map((i) => [`svc-${i}`, { backend: 'mode zorg' }]));
    const found = await culpritsOf(poisons, nobodys);
    if ('fault' in found) throw new Error(found.fault.code);
    expect([...found.setAside.keys()].sort()).toEqual(['svc-42', 'svc-7', 'svc-8']);
    for (const words of found.setAside.values()) expect(words).toContain("unknown proxy mode 'zorg'");
    expect(found.verifications).toBeLessThanOrEqual(3 * (Math.ceil(Math.log2(COUNT)) + 4));
  });

  test('a condition that is never closed is not blamed on the last services, where HAProxy sees it', async () => {
    const found = await culpritsOf(new Map([['svc-20', { after: '.if 1' }]]));
    expect(found).toMatchObject({
      setAside: new Map([['svc-20', expect.stringContaining("non-terminated '.if' block")]]),
    });
    expect(found.verifications).toBeLessThanOrEqual(Math.ceil(Math.log2(COUNT)) + 4);
  });

  test('of two services that claim one section one is set aside', async () => {
    const shared = { after: 'backend shared\n  server a 10.0.0.1:80' };
    const found = await culpritsOf(
      new Map([
        ['svc-3', shared],
        ['svc-40', shared],
      ]),
    );
    expect(found).toMatchObject({ setAside: new Map([['svc-40', expect.stringContaining('has the same name')]]) });
  });
});

test('the words of a start that cannot bind name each frontend, where and why', async () => {
  const [port, other] = [await freePort(), await freePort()];
  await world.hold(port);
  await world.hold(other);
  const frontends = [port, other].map((held, i) => `frontend svc-${i}-8000\n  bind 127.0.0.1:${held}\n`);
  await writeFile(world.path('busy.cfg'), HEAD + frontends.join('') + 'frontend far-1\n  bind 192.0.2.1:1\n');
  const command = { file: 'haproxy', args: ['-D', '-f', world.path('busy.cfg'), '-p', world.path('pid')] };
  const { output } = await runCommand(command, { timeoutMs: 30_000, maxOutputBytes: 65_536 });
  expect(bindRefusalsOf(output)).toEqual([
    { proxy: 'svc-0-8000', place: `127.0.0.1:${port}`, words: 'cannot bind socket (Address already in use)' },
    { proxy: 'svc-1-8000', place: `127.0.0.1:${other}`, words: 'cannot bind socket (Address already in use)' },
    { proxy: 'far-1', place: '192.0.2.1:1', words: 'cannot bind socket (Cannot assign requested address)' },
  ]);
});
