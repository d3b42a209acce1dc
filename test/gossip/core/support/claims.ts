import type { Alive, Dead, PushPull, PushPullNode, Suspect } from '../../../../src/gossip/wire/message.js';

/** The number of a made-up member's address. */
const HOME = { b: 2, c: 3, d: 4, e: 5, f: 6 } as const;

/** Where the made-up member `name` lives: nothing is there that would answer. */
export function home(name: string): { readonly address: string; readonly port: number } {
  const number = name in HOME ? HOME[name as keyof typeof HOME] : 1;
  return { address: `10.1.0.${number}`, port: 7946 };
}

export function alive(node: string, incarnation: number, rest: Partial<Alive> = {}): Alive {
  const addr = Uint8Array.from(home(node).address.split('.'), Number);
  const vsn = Uint8Array.of(1, 5, 2, 0, 0, 0);
  const meta = new Uint8Array(0);
  return { type: 'alive', node, incarnation, addr, port: 7946, meta, vsn, clusterName: 'default', ...rest };
}

export function suspect(node: string, incarnation: number, from: string): Suspect {
  return { type: 'suspect', node, incarnation, from, clusterName: 'default' };
}

export function dead(node: string, incarnation: number, from: string): Dead {
  return { type: 'dead', node, incarnation, from, clusterName: 'default' };
}

/** How a push/pull lists a member. */
export function listed(
  name: string,
  state: number,
  incarnation: number,
  rest: Partial<PushPullNode> = {},
): PushPullNode {
  const { addr, port, meta, vsn } = alive(name, incarnation);
  return { name, addr, port, meta, incarnation, state, vsn, ...rest };
}

export function pushPull(nodes: readonly PushPullNode[], rest: Partial<PushPull> = {}): PushPull {
  return { type: 'push-pull', join: false, clusterName: 'default', nodes, userState: new Uint8Array(0), ...rest };
}

/** As upstream sends it: without the name of the cluster. */
export function unnamed<Sent extends Alive | Suspect | Dead | PushPull>(sent: Sent): Omit<Sent, 'clusterName'> {
  return Object.fromEntries(Object.entries(sent).filter(([key]) => key !== 'clusterName')) as Omit<Sent, 'clusterName'>;
}
