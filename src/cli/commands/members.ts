import type { Millis } from '../../lib/ports.js';
import { ExitCode, type CliCommand, type CommandContext } from '../command.js';
import { isObject } from '../is-object.js';
import { isMemberList, type ListedMember, type MemberList } from '../member-list.js';
import { membersTable } from '../members-table.js';
import { isOdd, proxyStandings, type ProxyStanding } from '../proxy-standing.js';
import { shortDuration } from '../short-duration.js';
import type { Terminal } from '../terminal.js';
import { viewsPage } from '../views-page.js';
import { isAgreed, isViews } from '../views.js';
import { wrapped } from '../wrap.js';

/** The agent asks its peers first. */
const VIEWS_TIMEOUT_MS: Millis = 10_000;

/** `sidecar members`: who is in the cluster, as this agent sees it? */
export const members: CliCommand = {
  name: 'members',
  summary: 'who is in the cluster, and are they alive?',
  group: 'Look',
  examples: [
    ['members', 'who is here, and when was it last heard of?'],
    ['members --agent 10.0.0.6:7777', 'the same, as another host sees it'],
    ['members --views', 'does every host see the same members?'],
    ['members --json', 'the same for programs'],
  ],
  configure: (line) => void line.option('--views', 'who sees the members otherwise, as each says itself'),
  run: async (context, _args, options) => {
    if (options['views'] === true) return tellViews(context);
    const { ask, json, print, terminal } = context;
    const { json: list } = await ask('GET', '/api/members', isMemberList);
    if (json) print(`${JSON.stringify(list)}\n`);
    else {
      // An older agent has no such path, and says so in an object, too.
      const { json: answered } = await ask('GET', '/api/convergence', isObject);
      print(`${page(list, proxyStandings(answered, list.members), terminal).join('\n')}\n`);
    }
    return expectedOf(list).every(isAlive) ? ExitCode.Fine : ExitCode.No;
  },
};

async function tellViews({ ask, json, print, terminal }: CommandContext): Promise<ExitCode> {
  const { json: views } = await ask('GET', '/api/views', isViews, { timeoutMs: VIEWS_TIMEOUT_MS });
  print(json ? `${JSON.stringify(views)}\n` : `${viewsPage(views, terminal).join('\n')}\n`);
  return isAgreed(views) ? ExitCode.Fine : ExitCode.No;
}

const isAlive = ({ state }: ListedMember): boolean => state === 'alive';

/** Who left did so by its own word, and is not missed. */
const expectedOf = (list: MemberList): readonly ListedMember[] => list.members.filter(({ state }) => state !== 'left');

function page(list: MemberList, standings: ReadonlyMap<string, ProxyStanding>, terminal: Terminal): readonly string[] {
  const expected = expectedOf(list);
  const alive = expected.filter(isAlive).length;
  const count = alive === expected.length ? `${alive} alive` : `${alive} of ${expected.length} members alive`;
  const title = wrapped(`${list.clusterName}, seen from ${list.hostname}: ${count}`, terminal);
  return [...title, '', ...membersTable(list.members, standings, terminal), ...remarks(list, standings, terminal)];
}

/** What becomes of those that are gone, what is odd about the proxies, and what can be done about it. */
function remarks(
  { members }: MemberList,
  standings: ReadonlyMap<string, ProxyStanding>,
  terminal: Terminal,
): readonly string[] {
  const texts: string[] = [];
  const longestMs = Math.max(...members.map(({ givenUpInMs }) => givenUpInMs ?? 0));
  if (longestMs > 0) {
    texts.push(`Who is missing is tried for ${shortDuration(longestMs)} more at most; sidecar forget HOST gives it up`);
  }
  const odd = [...standings].filter(([, standing]) => isOdd(standing));
  // Who is behind knows why itself; who is different may only disagree with us.
  const [culprit] = odd.find(([, { state }]) => state === 'behind') ?? odd[0] ?? [];
  if (culprit !== undefined) texts.push(`Not every HAProxy serves the same: sidecar proxy on ${culprit} says why`);
  return texts.flatMap((text) => ['', ...wrapped(text, terminal)]);
}
