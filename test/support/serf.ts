import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Program } from './program.js';
import { until } from './until.js';

const run = promisify(execFile);

interface SerfMember {
  readonly name: string;
  readonly addr: string;
  readonly status: 'alive' | 'failed' | 'leaving' | 'left';
  readonly tags: Readonly<Record<string, string>>;
}

/** A serf agent on a loopback address of its own, with serf's quick timing. */
export class Serf {
  private constructor(
    readonly name: string,
    readonly address: string,
    readonly gossipPort: number,
    private readonly rpcPort: number,
    readonly program: Program,
  ) {}

  /** @param options.key base64, @param options.join `address:port` of a member */
  static async start(options: {
    readonly name: string;
    readonly address: string;
    readonly gossipPort: number;
    readonly rpcPort: number;
    readonly key?: string;
    readonly join?: string;
  }): Promise<Serf> {
    const { name, address, gossipPort, rpcPort, key, join } = options;
    const program = new Program(name, 'serf', [
      'agent',
      `-node=${name}`,
      `-bind=${address}:${gossipPort}`,
      `-rpc-addr=${address}:${rpcPort}`,
      '-profile=local',
      '-log-level=debug',
      ...(key === undefined ? [] : [`-encrypt=${key}`]),
      ...(join === undefined ? [] : [`-join=${join}`]),
    ]);
    const serf = new Serf(name, address, gossipPort, rpcPort, program);
    try {
      await until(`${name} runs`, async () => (await serf.status(name)) === 'alive');
    } catch (error) {
      await program.destroy();
      throw new Error(`serf did not start: ${program.output}`, { cause: error });
    }
    return serf;
  }

  get endpoint(): string {
    return `${this.address}:${this.gossipPort}`;
  }

  async members(): Promise<readonly SerfMember[]> {
    const said = await this.command('members', '-format=json');
    return (JSON.parse(said) as { members: readonly SerfMember[] }).members;
  }

  /** Undefined: it does not know that member. */
  async status(name: string): Promise<string | undefined> {
    return (await this.members()).find((member) => member.name === name)?.status;
  }

  /** `serf leave`, `serf event …`. */
  async command(...args: string[]): Promise<string> {
    const [verb = '', ...more] = args;
    const { stdout } = await run('serf', [verb, `-rpc-addr=${this.address}:${this.rpcPort}`, ...more], {
      timeout: 10_000,
    });
    return stdout;
  }

  destroy(): Promise<void> {
    return this.program.destroy();
  }
}
