import { harmless } from '../../lib/printable.js';
import { ExitCode, type CliCommand } from '../command.js';
import { isMemberList, type ListedMember, type MemberList } from '../member-list.js';
import { membersTable } from '../members-table.js';
import { shortDuration } from '../short-duration.js';

/** `sidecar members`: who is in the cluster, as this agent sees it? */
export const members: CliCommand = {
  name: 'members',
  summary: 'who is in the cluster, and are they alive?',
  run: async ({ ask, json, print }) => {
    const { json: list } = await ask('GET', '/api/members', isMemberList);
    print(json ? `${JSON.stringify(list)}\n` : page(list));
    return expectedOf(list).every(isAlive) ? ExitCode.Fine : ExitCode.No;
  },
};

const isAlive = ({ state }: ListedMember): boolean => state === 'alive';

/** Who left did so by its own word, and is not missed. */
const expectedOf = (list: MemberList): readonly ListedMember[] => list.members.filter(({ state }) => state !== 'left');

function page(list: MemberList): string {
  const expected = expectedOf(list);
  const alive = expected.filter(isAlive).length;
  const count = alive === expected.length ? `${alive} alive` : `${alive} of ${expected.length} members alive`;
  const title = harmless(`${list.clusterName}, seen from ${list.hostname}: ${count}`);
  return `${title}\n\n${membersTable(list.members)}\n${remark(list)}`;
}

/** What becomes of those that are gone, and what can be done about it. */
function remark({ members }: MemberList): string {
  const longestMs = Math.max(...members.map(({ givenUpInMs }) => givenUpInMs ?? 0));
  if (longestMs <= 0) return '';
  return `\nWho is missing is tried for ${shortDuration(longestMs)} more at most; sidecar forget NAME gives it up\n`;
}
