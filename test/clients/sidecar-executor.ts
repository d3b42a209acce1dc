import { goRequest, textOf } from './go-http.js';
import { GoObject } from './go-json.js';

const UNHEALTHY = 2;
const TOMBSTONE = 1;
const MAX_FAILURES = 3;
const DRAIN_ATTEMPTS = 6;

/** sidecar-executor: ends a Mesos task whose service is ill three times running, and drains it before (contract section 12). */
export class SidecarExecutor {
  private failures = 0;

  /**
   * @param agent `http://host:port`
   * @param taskHost the name of the Mesos host, which must be the one that Sidecar has
   * @param containerId the whole id
   */
  constructor(
    private readonly agent: string,
    private readonly taskHost: string,
    private readonly containerId: string,
  ) {}

  /** One look, of those that are made every 30 s. @returns whether the task is to be ended */
  async look(): Promise<boolean> {
    const { body } = await goRequest('GET', `${this.agent}/state.json`);
    const status = statusIn(GoObject.parse(await textOf(body)), this.taskHost, this.serviceId);
    this.failures = status === UNHEALTHY || status === TOMBSTONE ? this.failures + 1 : 0;
    return this.failures >= MAX_FAILURES;
  }

  /** @returns whether it was answered with exactly 202, within six attempts */
  async drain(): Promise<boolean> {
    for (let attempt = 0; attempt < DRAIN_ATTEMPTS; attempt += 1) {
      const { status, body } = await goRequest('POST', `${this.agent}/api/services/${this.serviceId}/drain`);
      await textOf(body);
      if (status === 202) return true;
    }
    return false;
  }

  private get serviceId(): string {
    return this.containerId.slice(0, 12);
  }
}

/** A host or a service that is missing is as good as a healthy one. */
const statusIn = (state: GoObject, host: string, id: string): number | undefined =>
  state.map('Servers').get(host)?.map('Services').get(id)?.integer('Status');
