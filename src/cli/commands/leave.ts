import type { CliCommand } from '../command.js';
import { tell } from '../tell.js';

/** `sidecar leave`: this agent withdraws its services, leaves the cluster and ends. */
export const leave: CliCommand = {
  name: 'leave',
  summary: 'have the agent withdraw its services, leave the cluster and end',
  run: (context) => tell(context, '/api/leave'),
};
