import type { CliCommand } from '../command.js';
import { tell } from '../tell.js';

/** `sidecar forget NAME`: a member that is gone for good is no longer tried. */
export const forget: CliCommand = {
  name: 'forget',
  summary: 'give up a member that is gone for good',
  configure: (line) => void line.argument('<NAME>', 'as `sidecar members` lists it'),
  run: (context, [name = '']) => tell(context, `/api/members/${encodeURIComponent(name)}/forget`),
};
