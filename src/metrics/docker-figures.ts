import type { MetricsRegistry } from './registry.js';

/** What discovery has done with a Docker Engine since the start. */
export interface DockerNumbers {
  readonly events: number;
  readonly lists: number;
  readonly losses: number;
  readonly lookupsRefused: number;
}

/** Declares the figures of discovery on a Docker Engine. */
export function declareDockerFigures(registry: MetricsRegistry, read: () => DockerNumbers): void {
  registry.declare(read, [
    {
      type: 'counter',
      name: 'sidecar_docker_events_total',
      help: 'Events of containers that the Docker Engine has told.',
      value: ({ events }) => events,
    },
    {
      type: 'counter',
      name: 'sidecar_docker_lists_total',
      help: 'Lists of containers that the Docker Engine has answered.',
      value: ({ lists }) => lists,
    },
    {
      type: 'counter',
      name: 'sidecar_docker_losses_total',
      help: 'Times that the Docker Engine was lost or, for each attempt, not reached.',
      value: ({ losses }) => losses,
    },
    {
      type: 'counter',
      name: 'sidecar_docker_lookups_refused_total',
      help: 'Containers that were not looked up, and so perhaps not drained, since too many were at once.',
      value: ({ lookupsRefused }) => lookupsRefused,
    },
  ]);
}
