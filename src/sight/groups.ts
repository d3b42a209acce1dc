import { compareBytes } from '../service/go-json.js';

/** Who is there for a host, by the hosts whose views are known. */
export type Presences = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The hosts that see each other, directly or through others that do. One group: the cluster is whole. Of two hosts whose views are
 * both known each has to see the other; of one whose view is not known, such as an original, it counts whether others see it.
 *
 * @returns whoever is there for anybody is in one group; the largest group first, names in order
 */
export function groupsOf(views: Presences): readonly (readonly string[])[] {
  const left = new Set([...views.values()].flatMap((present) => [...present]).sort(compareBytes));
  const groups: string[][] = [];
  for (const first of left) {
    left.delete(first);
    const group = [first];
    for (const one of group) {
      for (const other of left) {
        if (!seeEachOther(views, one, other)) continue;
        left.delete(other);
        group.push(other);
      }
    }
    groups.push(group.sort(compareBytes));
  }
  return groups.sort((a, b) => b.length - a.length);
}

function seeEachOther(views: Presences, one: string, other: string): boolean {
  const said = [views.get(one)?.has(other), views.get(other)?.has(one)];
  return said.includes(true) && !said.includes(false);
}
