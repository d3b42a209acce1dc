import { fieldsOf, numberOf, objectsOf, textOf, textsOf, wordOf, type Fields } from './fields.js';

/** What a host's HAProxy serves, compared with that of the host that answers. */
export interface Standing {
  readonly name: string;
  /** Two hosts with the same serve the same. */
  readonly viewHash: string | undefined;
  /** level, changing, behind, different, silent, unknown (docs/convergence.md). */
  readonly state: string;
  readonly behindMs: number | undefined;
  /** Of how many of the last changes it was the last to serve them. */
  readonly wasSlowest: number;
}

/** A ServicePort that hosts give to different services. */
export interface Contested {
  readonly servicePort: number;
  /** The service is undefined where nobody here knows it. */
  readonly holders: readonly { readonly service: string | undefined; readonly hosts: readonly string[] }[];
}

/** `/api/convergence`. */
export interface Convergence {
  /** The agent that answers leaves HAProxy alone, and says so: an older one does not. */
  readonly hasNoProxy: boolean;
  readonly self: Standing;
  readonly hosts: readonly Standing[];
  /** From a change until the last HAProxy serves it. */
  readonly delays: {
    readonly p50Ms: number | undefined;
    readonly p99Ms: number | undefined;
    /** How many changes these are of. */
    readonly changes: number;
  };
  readonly contested: readonly Contested[];
}

/** @returns undefined for anything else */
export function readConvergence(body: unknown): Convergence | undefined {
  const fields = fieldsOf(body);
  if (!Array.isArray(fields['hosts'])) return undefined;
  const delays = fieldsOf(fields['delays']);
  return {
    hasNoProxy: fields['hasProxy'] === false,
    self: readStanding(fieldsOf(fields['self'])),
    hosts: objectsOf(fields['hosts']).map(readStanding),
    delays: {
      p50Ms: numberOf(delays['p50Ms']),
      p99Ms: numberOf(delays['p99Ms']),
      changes: numberOf(delays['changes']) ?? 0,
    },
    contested: objectsOf(fields['contested']).map(({ servicePort, holders }) => ({
      servicePort: numberOf(servicePort) ?? 0,
      holders: objectsOf(holders).map(({ service, hosts }) => ({ service: wordOf(service), hosts: textsOf(hosts) })),
    })),
  };
}

const readStanding = ({ name, viewHash, state, behindMs, wasSlowest }: Fields): Standing => ({
  name: textOf(name),
  viewHash: wordOf(viewHash),
  state: textOf(state),
  behindMs: numberOf(behindMs),
  wasSlowest: numberOf(wasSlowest) ?? 0,
});
