import type { CliCommand } from '../command.js';
import { tell } from '../tell.js';

/** `sidecar leave`: this agent withdraws its services, leaves the cluster and ends. */
export const leave: CliCommand = {
  name: 'leave',
  summary: 'withdraw the services of a host and end its agent',
  group: 'Act',
  examples: [
    ['leave', 'before this host is taken away'],
    ['leave --agent 10.0.0.6:7777', 'another host; it needs SIDECAR_TOKEN'],
  ],
  run: (context) => tell(context, '/api/leave'),
};
