import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, type AgentSetup } from './agent.js';
import { Backends } from './backends.js';
import { Fleet, type FleetSetup } from './fleet.js';
import { get } from './network.js';
import { haproxyPid } from './proxy-figures.js';
import { everyKind, Traffic, type Lane } from './traffic.js';
import { until } from './until.js';

export interface ProxyWorldSetup extends FleetSetup {
  /** Lines of `[haproxy]`. */
  readonly haproxy?: readonly string[];
  /** Makes a template of the operator's own of the built-in one. */
  readonly template?: (builtIn: string) => string;
  /** The agent's PATH and the like, and what it runs under. */
  readonly process?: Pick<AgentSetup, 'env' | 'enter'>;
}

const TEMPLATE = 'template.cfg.hbs';

/** An agent with its HAProxy, a fleet of backends behind it, and the load on all of it, each in a process of its own. */
export class ProxyWorld {
  private readonly loads: Traffic[] = [];

  private constructor(
    readonly agent: Agent,
    readonly backends: Backends,
    readonly fleet: Fleet,
    private readonly template: string | undefined,
  ) {}

  static async start(setup: ProxyWorldSetup): Promise<ProxyWorld> {
    const backends = new Backends();
    let made: { destroy(): Promise<void> } = backends;
    try {
      const fleet = await Fleet.start(backends, setup);
      const template = setup.template?.(readFileSync('templates/haproxy.cfg.hbs', 'utf8'));
      const lines = [...(setup.haproxy ?? []), ...(template === undefined ? [] : [`template_file = "${TEMPLATE}"`])];
      const agent = await Agent.prepare({ ...setup.process, targets: fleet.targets(), toml: { haproxy: lines } });
      const world = new ProxyWorld(agent, backends, fleet, template);
      made = world;
      if (template !== undefined) writeFileSync(agent.path(TEMPLATE), template);
      agent.spawn();
      await world.untilServing();
      return world;
    } catch (error) {
      await made.destroy();
      throw error;
    }
  }

  /** @param lanes one worker of each kind for each service, unless given */
  load(lanes: readonly Lane[] = everyKind(this.fleet.servicePorts)): Traffic {
    const traffic = new Traffic(lanes);
    this.loads.push(traffic);
    return traffic;
  }

  /** Writes the file after an instance has come, gone or changed. */
  writeTargets(): void {
    this.agent.writeTargets(this.fleet.targets());
  }

  /** Changes a line of the template, the n-th way, which only a reload can apply. @returns the new process */
  async reload(n: number): Promise<number> {
    const { agent, template = '' } = this;
    const before = await haproxyPid(agent);
    writeFileSync(agent.path(TEMPLATE), template.replace(/^defaults$/m, `defaults\n\ttimeout queue ${n}s`));
    return until('another HAProxy serves', async () => {
      const pid = await haproxyPid(agent);
      return pid !== before && agent.config().includes(`timeout queue ${n}s`) ? pid : undefined;
    });
  }

  async destroy(): Promise<void> {
    for (const load of this.loads) await load.destroy();
    await this.agent.destroy();
    await this.backends.destroy();
  }

  private async untilServing(): Promise<void> {
    await this.agent.untilReady();
    for (const port of this.fleet.servicePorts)
      await until('each service answers', async () => (await get(`http://127.0.0.1:${port}/`)).status === 200);
  }
}
