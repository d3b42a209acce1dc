import type { CliCommand } from '../command.js';
import { tell } from '../tell.js';

/** `sidecar forget HOST`: a member that is gone for good is no longer tried. */
export const forget: CliCommand = {
  name: 'forget',
  summary: 'give up a member that is gone for good',
  group: 'Act',
  examples: [
    ['members', 'who is missing?'],
    ['forget node4', 'node4 is gone for good'],
  ],
  configure: (line) => void line.argument('<HOST>', 'as `sidecar members` lists it'),
  run: (context, [name = '']) => tell(context, `/api/members/${encodeURIComponent(name)}/forget`),
};
