import type { Millis } from '../../src/lib/ports.js';
import { Status } from '../../src/service/service.js';
import type { Agent } from './agent.js';
import type { Machine } from './machine.js';
import type { World } from './world.js';

/** What must hold: each returns what contradicts it, in sentences, none if it holds. */
export type Invariant = (world: World) => readonly string[];

/** Discovery, a check and a beat take less. */
const SETTLED_MS: Millis = 2_500;

interface Live {
  readonly machine: Machine;
  readonly agent: Agent;
}

function liveOf(world: World): readonly Live[] {
  return world.machines.flatMap((machine) => (machine.agent ? [{ machine, agent: machine.agent }] : []));
}

/** All that live know each other, and nobody else, to be alive. */
export const membersAgree: Invariant = (world) => {
  const live = liveOf(world);
  const expected = new Set(live.map(({ machine }) => machine.name));
  return live.flatMap(({ machine, agent }) => {
    const seen = new Set(agent.node.aliveNames());
    const missing = [...expected].filter((name) => !seen.has(name));
    const ghosts = [...seen].filter((name) => !expected.has(name));
    return [
      ...missing.map((name) => `${machine.name} misses ${name}`),
      ...ghosts.map((name) => `${machine.name} takes ${name} for alive`),
    ];
  });
};

/** Everybody's catalog says of every machine what runs there, and of one without an agent that nothing does. */
export const catalogsAgree: Invariant = (world) => {
  const truth = new Map(world.machines.map((machine) => [machine.name, truthOf(machine)]));
  return liveOf(world).flatMap(({ machine, agent }) =>
    [...truth].flatMap(([host, expected]) => {
      const seen = believed(agent, host);
      const ids = new Set([...expected.keys(), ...seen.keys()]);
      return [...ids]
        .filter((id) => expected.get(id) !== seen.get(id))
        .map((id) => `${machine.name} believes ${id} of ${host} to be ${seen.get(id)}, not ${expected.get(id)}`);
    }),
  );
};

/** Nobody live is taken for dead, nor a record of one; holds only where no packet is lost and no link is down. */
export const nobodyIsMisjudged: Invariant = (world) => world.misjudgements;

/** No packet is too large or unreadable, no state is refused, and no node stumbles over anything it is told. */
export const nothingFails: Invariant = (world) => [
  ...world.failures,
  ...liveOf(world).flatMap(({ machine, agent }) =>
    [...agent.faults.counts.keys()].map((code) => `${machine.name} reports ${code}`),
  ),
];

/** At most one message waits for each member and each record that is known, and none was dropped. */
export const queuesAreBounded: Invariant = (world) =>
  liveOf(world).flatMap(({ machine, agent }) => {
    const { catalog, replicator, node } = agent;
    const dropped = replicator.counters.dropped + node.counters.broadcastsDropped;
    return [
      ...(replicator.waiting > catalog.size ? [`${machine.name} lets ${replicator.waiting} records wait`] : []),
      ...(dropped > 0 ? [`${machine.name} has dropped ${dropped} messages`] : []),
    ];
  });

/** Whoever is awake holds its own records as they are: whatever others said of them. */
export const ownRecordsStand: Invariant = (world) =>
  liveOf(world).flatMap(({ machine, agent }) => {
    const { now } = world.agenda;
    const settled = Math.min(now - machine.changedAt, now - agent.startedAt, now - agent.process.wokenAt);
    if (settled < SETTLED_MS || !agent.process.isRunning || agent.isLeaving) return [];
    const [expected, seen] = [truthOf(machine), believed(agent, machine.name)];
    return [...expected.keys()]
      .filter((id) => expected.get(id) !== seen.get(id))
      .map((id) => `${machine.name} lost its own ${id}`);
  });

/** What runs on a machine, as peers should have it: by id the name and status. */
function truthOf({ agent, instances }: Machine): ReadonlyMap<string, string> {
  if (!agent) return new Map();
  const facts = [...instances.values()].map(({ service, isHealthy }) => {
    return [service.id, `${service.name} ${isHealthy ? Status.Alive : Status.Unhealthy}`] as const;
  });
  return new Map(facts);
}

/** The same as an agent believes it; what is dead to it is not there. */
function believed(agent: Agent, host: string): ReadonlyMap<string, string> {
  const records = agent.catalog.recordsOf(host).filter(({ status }) => status !== Status.Tombstone);
  return new Map(records.map(({ id, name, status }) => [id, `${name} ${status}`]));
}
