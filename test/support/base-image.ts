import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, realpathSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { promisify } from 'node:util';
import type { RealEngine } from './docker-engine.js';

const run = promisify(execFile);

export const BASE_IMAGE = 'sidecar-base';

const CA_BUNDLE = '/etc/ssl/certs/ca-certificates.crt';
const MAX_AGE_MS = 12 * 3_600_000;

/** Why the base image cannot be made here; undefined when it can. */
export function whyNoBaseImage(): string | undefined {
  const missing = ['debootstrap', 'docker-compose'].filter((name) => spawnSync('which', [name]).status !== 0);
  return missing.length > 0 ? `${missing.join(', ')} not found: sudo apt-get install ${missing.join(' ')}` : undefined;
}

/**
 * Stands for the official Node image, without a registry: a bare Debian with this machine's Node.js, and with what it takes to
 * reach Debian's and npm's registries from here.
 */
export async function importBaseImage(engine: RealEngine): Promise<void> {
  const archive = await baseArchive();
  const progress = await engine.docker.importImage(archive, {
    repo: BASE_IMAGE,
    tag: 'latest',
    changes: environment(),
  });
  await finished(progress.resume());
}

/** Made once for all that need it within half a day. */
async function baseArchive(): Promise<string> {
  const archive = resolve(`run/base-image-${process.version}.tar`);
  if (existsSync(archive) && Date.now() - statSync(archive).mtimeMs < MAX_AGE_MS) return archive;
  const root = `${archive}.${process.pid}`;
  try {
    mkdirSync(root, { recursive: true });
    await run('debootstrap', ['--variant=minbase', 'bookworm', root], { maxBuffer: 2 ** 24 });
    addNode(root);
    cpSync(CA_BUNDLE, join(root, CA_BUNDLE));
    await run('tar', ['-C', root, '--exclude=./var/cache/apt/archives/*.deb', '-cf', `${root}.tar`, '.']);
    renameSync(`${root}.tar`, archive);
  } finally {
    rmSync(root, { recursive: true, force: true });
    rmSync(`${root}.tar`, { force: true });
  }
  return archive;
}

function addNode(root: string): void {
  const [bin, modules] = [join(root, 'usr/local/bin'), join(root, 'usr/local/lib/node_modules')];
  mkdirSync(join(root, dirname(CA_BUNDLE)), { recursive: true });
  cpSync(realpathSync(process.execPath), join(bin, 'node'));
  const npm = realpathSync(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim()); // …/npm/bin/npm-cli.js
  cpSync(dirname(dirname(npm)), join(modules, 'npm'), { recursive: true });
  for (const name of ['npm', 'npx']) symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(bin, name));
}

function environment(): string {
  const proxies = ['http_proxy', 'https_proxy', 'no_proxy'].flatMap((name) => {
    const value = process.env[name] ?? process.env[name.toUpperCase()];
    return value === undefined ? [] : [`${name}=${value}`];
  });
  const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  return ['ENV', `NODE_EXTRA_CA_CERTS=${CA_BUNDLE}`, `npm_config_registry=${registry}`, ...proxies].join(' ');
}
