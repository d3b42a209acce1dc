import type { Machine } from './machine.js';
import type { Plan, Trouble } from './plan.js';
import type { World } from './world.js';

/** Puts everything of `plan` on the agenda of the world. */
export function play(plan: Plan, world: World): void {
  for (const trouble of plan.troubles) {
    world.agenda.after(trouble.at - world.agenda.now, () => befall(world, trouble));
  }
}

function befall(world: World, trouble: Trouble): void {
  const { agenda, network } = world;
  if (trouble.what === 'cut') {
    const { from, oneWay } = trouble;
    const isOut = (sender: number, receiver: number): boolean => from.has(sender) && !from.has(receiver);
    agenda.after(
      trouble.forMs,
      network.cut((a, b) => isOut(a, b) || (!oneWay && isOut(b, a))),
    );
    return;
  }
  const machine = world.machines[trouble.machine]!;
  switch (trouble.what) {
    case 'crash':
    case 'leave': {
      if (!machine.agent) return;
      if (trouble.what === 'crash') machine.agent.end();
      else machine.agent.leave();
      agenda.after(trouble.backAfterMs, () => {
        if (!trouble.keepsDisk) machine.disk = undefined;
        comeBack(world, machine);
      });
      return;
    }
    case 'die':
      machine.isGone = true;
      machine.agent?.end();
      return;
    case 'stop':
      machine.agent?.process.stop();
      agenda.after(trouble.forMs, () => machine.agent?.process.wake());
      return;
    case 'deploy':
      machine.deploy(trouble.ports);
      return;
    case 'undeploy':
      machine.undeploy();
      return;
    case 'flip':
      machine.flip();
  }
}

function comeBack(world: World, machine: Machine): void {
  if (machine.agent?.isLeaving) machine.agent.end(); // who is in a hurry kills it
  if (!machine.agent && !machine.isGone) world.start(machine);
}
