/**
 * Each topic's partitions in ranges, one per subscriber, in the same order of members for every topic: those who subscribe
 * to topics with the same number of partitions own the same partitions of each, so these can be joined (RangeAssignor).
 * Sticky only as far as the order of members is: static members come first.
 */
import type { AssignedMember, Assignment, AssignorInput } from './assignor.ts';

interface Division {
  /** What everyone gets, how many get one more, and where the next range begins. */
  readonly quota: number;
  extras: number;
  next: number;
}

export function range({ members, partitionCount }: AssignorInput): Assignment {
  const subscribers = new Map<string, number>();
  for (const { topicIds } of members)
    for (const topicId of topicIds) subscribers.set(topicId, (subscribers.get(topicId) ?? 0) + 1);
  const divisions = new Map<string, Division>();
  for (const [topicId, count] of subscribers) {
    const partitions = partitionCount(topicId);
    divisions.set(topicId, { quota: Math.floor(partitions / count), extras: partitions % count, next: 0 });
  }
  return new Map(
    [...members].sort(byInstanceThenId).map(({ memberId, topicIds }) => [
      memberId,
      new Map(
        topicIds.flatMap((topicId) => {
          const partitions = nextRange(divisions.get(topicId));
          return partitions.size === 0 ? [] : [[topicId, partitions] as const];
        }),
      ),
    ]),
  );
}

function nextRange(division: Division | undefined): Set<number> {
  const partitions = new Set<number>();
  if (division === undefined) return partitions;
  const size = division.quota + (division.extras > 0 ? 1 : 0);
  if (division.extras > 0) division.extras--;
  for (let i = 0; i < size; i++) partitions.add(division.next++);
  return partitions;
}

function byInstanceThenId(a: AssignedMember, b: AssignedMember): number {
  if (a.instanceId !== null && b.instanceId !== null) return compare(a.instanceId, b.instanceId);
  if (a.instanceId !== null) return -1;
  if (b.instanceId !== null) return 1;
  return compare(a.memberId, b.memberId);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
