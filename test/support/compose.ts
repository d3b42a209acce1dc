import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import type { RealEngine } from './docker-engine.js';

const run = promisify(execFile);

/** One of the Compose files on an engine of the tests' own. */
export class Compose {
  private readonly dir = mkdtempSync(join(tmpdir(), 'sidecar-compose-'));

  /**
   * @param env the variables of the file
   * @param changes what a test needs that the file must not hold, as a Compose file
   */
  constructor(
    private readonly engine: RealEngine,
    private readonly file: string,
    private readonly env: Readonly<Record<string, string>>,
    changes: unknown,
  ) {
    writeFileSync(this.changes, JSON.stringify(changes)); // JSON is YAML
  }

  private get changes(): string {
    return join(this.dir, 'changes.yml');
  }

  async run(...args: readonly string[]): Promise<void> {
    await run('docker-compose', ['-p', 'sidecar', '-f', this.file, '-f', this.changes, ...args], {
      env: {
        ...process.env,
        ...this.env,
        DOCKER_HOST: `unix://${this.engine.socket}`,
        DOCKER_SOCKET: this.engine.socket,
      },
      maxBuffer: 2 ** 26,
    });
  }

  up(...args: readonly string[]): Promise<void> {
    return this.run('up', '-d', '--no-build', ...args);
  }

  /** The containers of a service that run. */
  async containers(service: string): Promise<readonly Docker.Container[]> {
    const filters = { label: [`com.docker.compose.service=${service}`] };
    const found = await this.engine.docker.listContainers({ filters: JSON.stringify(filters) });
    return found.map(({ Id }) => this.engine.docker.getContainer(Id));
  }

  /** The only one of a service. */
  async container(service: string): Promise<Docker.Container> {
    const [container, ...others] = await this.containers(service);
    if (!container || others.length > 0) throw new Error(`${service} has ${others.length + 1} containers`);
    return container;
  }

  async destroy(): Promise<void> {
    try {
      await this.run('down', '--volumes', '--timeout', '0');
    } finally {
      rmSync(this.dir, { recursive: true, force: true });
    }
  }
}
