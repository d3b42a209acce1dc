import type { Member } from '../../data/answers.js';
import type { Standing } from '../../data/convergence.js';
import type { Views } from '../../data/views.js';
import { durationText } from '../../words/time.js';
import { clockWords, standingText, standingWords, stateText } from './host-words.js';
import { namesText } from './sight.js';

/** Something about a host that somebody should look at. */
export interface Trouble {
  readonly tone: 'bad' | 'warn';
  readonly title: string;
  readonly text: string;
}

/** What is wrong with a member, as the agent sees it; the worst first. */
export function troublesOf(
  member: Member,
  standing: Standing | undefined,
  views: Views | undefined,
  asker: string,
): readonly Trouble[] {
  const troubles = [
    awayTrouble(member),
    servesTrouble(standing, asker),
    clockTrouble(member),
    sightTrouble(member, views),
  ];
  return troubles.filter((trouble) => trouble !== undefined);
}

function awayTrouble({ state, givenUpInMs }: Member): Trouble | undefined {
  const still = givenUpInMs === undefined ? '' : ` It is tried for ${durationText(givenUpInMs)} more.`;
  switch (state) {
    case 'suspect':
      return {
        tone: 'warn',
        title: 'It does not answer',
        text: `In a moment it is held for dead, unless it does.${still}`,
      };
    case 'dead':
    case 'missing':
      return {
        tone: 'bad',
        title: state === 'dead' ? 'It is held for dead' : 'It is missing',
        text: `Look whether the host, its agent and the network to it (gossip port, UDP and TCP) work.${still}`,
      };
    default:
      return undefined;
  }
}

function servesTrouble(standing: Standing | undefined, asker: string): Trouble | undefined {
  const { text, tone } = standingWords(standing);
  return tone === 'bad'
    ? { tone: 'warn', title: `Its HAProxy is ${text}`, text: standingText(standing, asker) }
    : undefined;
}

function clockTrouble(member: Member): Trouble | undefined {
  const { text, tone } = clockWords(member);
  if (tone !== 'warn') return undefined;
  return {
    tone: 'warn',
    title: `Its clock is ${text}`,
    text: 'Records that are dated too far ahead are refused. Set the clock of this host or of the one you see this from.',
  };
}

function sightTrouble({ name }: Member, views: Views | undefined): Trouble | undefined {
  const view = views?.hosts.find((host) => host.name === name);
  if (!view || view.differs.length === 0) return undefined;
  const sees = view.differs.map(
    (each) => `${each.name} as ${stateText(each.state).toLowerCase()} (here ${stateText(each.ours).toLowerCase()})`,
  );
  return { tone: 'warn', title: 'It sees the members otherwise', text: `It has ${namesText(sees, 5)}.` };
}
