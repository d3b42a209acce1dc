import type { Link } from '../data/console-state.js';
import { durationText, momentText } from './time.js';

/** What the page says of its connection: `short` for a corner, `whole` where it matters. */
export function linkText(link: Link, now: number): { readonly short: string; readonly whole: string } {
  switch (link.state) {
    case 'live':
      return { short: 'Live', whole: 'Connected: what you see is live' };
    case 'polled': {
      const text = `Asked every ${durationText(link.everyMs)}`;
      const why = link.isPlain ? 'this agent does not tell of changes by itself' : 'its events do not come through';
      return { short: text, whole: `${text}: ${why}` };
    }
    case 'connecting':
      return link.fault === undefined
        ? { short: 'Connecting', whole: 'Connecting to the agent' }
        : { short: 'No answer', whole: `Nothing to show yet: ${link.fault}. The agent is asked again` };
    case 'lost': {
      return {
        short: 'Not connected',
        whole: `Not connected for ${durationText(now - link.since)}; what you see is from ${momentText(link.shownFrom, now)}`,
      };
    }
  }
}
