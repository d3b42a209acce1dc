import { decodeUpdate, UNHEALTHY, UNKNOWN, ALIVE } from './receiver.js';

export interface Deployment {
  readonly cluster: string;
  readonly name: string;
  /** Of the image: what stands after the colon. */
  readonly version: string;
  readonly hostname: string;
  readonly time: bigint;
}

/** Superside: shows what was deployed where, from the events that are posted to it (contract section 12). */
export class Superside {
  static readonly PATH = '/api/update';
  readonly deployments: Deployment[] = [];
  /** Every change, as `name on host: before -> after`. */
  readonly events: string[] = [];

  /** A posted body. @returns what it answers */
  update(text: string): { readonly status: number; readonly body: string } {
    const { state, service, previousStatus, time } = decodeUpdate(text);
    const { name, image, hostname, status } = service;
    this.events.push(`${name} on ${hostname}: ${previousStatus} -> ${status}`);
    if (previousStatus === UNKNOWN && (status === ALIVE || status === UNHEALTHY)) {
      const [, version] = image.split(':');
      if (version === undefined) throw new Error(`${image} has no colon`);
      this.deployments.push({ cluster: state.clusterName, name, version, hostname, time });
    }
    return { status: 200, body: '{"Message":"OK"}' };
  }
}
