import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Agent, type AgentSetup } from './agent.js';
import { until } from './until.js';

/** What tells the agents of a test cluster apart: their n-th is `h<n>` at 127.0.1.<n>. */
export interface ClusterSetup {
  readonly targets?: (n: number) => readonly unknown[];
  readonly sidecar?: readonly string[];
  /** Lines of `[http]`. */
  readonly http?: readonly string[];
  /** Whether each has one, and which lines of `[haproxy]` are theirs. */
  readonly haproxy?: boolean | readonly string[];
  /** Files in the folder of each. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Several agents as processes, each with a loopback address and an HAProxy of its own, joined through the first. */
export class Cluster {
  private constructor(readonly agents: readonly Agent[]) {}

  static async start(count: number, setup: ClusterSetup = {}): Promise<Cluster> {
    const agents: Agent[] = [];
    for (let n = 1; n <= count; n += 1) agents.push(await prepare(n, agents[0], setup));
    const cluster = new Cluster(agents);
    try {
      for (const n of agents.keys()) cluster.spawn(n + 1);
      for (const agent of agents) await agent.untilReady();
      await cluster.untilAllAlive();
    } catch (error) {
      await cluster.destroy();
      throw error;
    }
    return cluster;
  }

  /** The n-th agent, counted from 1. */
  agent(n: number): Agent {
    const agent = this.agents[n - 1];
    if (!agent) throw new Error(`there is no agent ${n}`);
    return agent;
  }

  spawn(n: number): void {
    const preload = `--import=${resolve('test/support/drop-packets.mjs')}`;
    this.agent(n).spawn({ NODE_OPTIONS: preload, DROP_FILE: this.agent(n).path('dropped') });
  }

  /** Loses every packet between the n-th and all others, both ways, until `heal`. */
  cutOff(n: number): void {
    for (const [i, agent] of this.agents.entries()) {
      const lost = i + 1 === n ? this.agents.map((_, j) => j + 1).filter((other) => other !== n) : [n];
      writeFileSync(agent.path('dropped'), lost.map(addressOf).join('\n'));
    }
  }

  heal(): void {
    for (const agent of this.agents) writeFileSync(agent.path('dropped'), '');
  }

  /** Each of `of` believes that all of `names` are alive. */
  async untilAllAlive(of = this.agents, names = this.agents.map((_, i) => `h${i + 1}`)): Promise<void> {
    for (const agent of of) {
      await until(
        `${names.join()} are alive for the agent at ${agent.httpPort}`,
        async () => {
          const members = await agent.members();
          return names.every((name) => members[name]?.state === 'alive');
        },
        60_000,
      );
    }
  }

  async destroy(): Promise<void> {
    await Promise.all(this.agents.map((agent) => agent.destroy()));
  }
}

export const addressOf = (n: number): string => `127.0.1.${n}`;

async function prepare(n: number, first: Agent | undefined, setup: ClusterSetup): Promise<Agent> {
  const { targets = () => [], sidecar = [], http = [], haproxy = false, files = {} } = setup;
  const address = addressOf(n);
  const agentSetup: AgentSetup = {
    targets: targets(n),
    toml: {
      sidecar: [
        `hostname = "h${n}"`,
        `bind_ip = "${address}"`,
        `advertise_ip = "${address}"`,
        `seeds = [${first ? `"${addressOf(1)}:${first.gossipPort}"` : ''}]`,
        'rejoin_interval = "3s"',
        ...sidecar,
      ],
      http,
      haproxy: haproxy ? [`bind_ip = "${address}"`, ...(haproxy === true ? [] : haproxy)] : ['disable = true'],
    },
  };
  const agent = await Agent.prepare(agentSetup);
  for (const [name, text] of Object.entries(files)) writeFileSync(agent.path(name), text);
  return agent;
}
