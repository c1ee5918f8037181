/**
 * Every member gets as many partitions as any other, or one less, and keeps what it had as far as that goes
 * (UniformAssignor). Where subscriptions differ, see uniform-heterogeneous.ts.
 */
import { inHashMapOrder } from '../../coordinator/index.ts';
import { uuidHashCode } from '../uuid-order.ts';
import { sorted, type TopicPartitions } from '../partitions.ts';
import { addPartition, type Assignment, type AssignorInput } from './assignor.ts';
import { uniformHeterogeneous } from './uniform-heterogeneous.ts';

export function uniform(input: AssignorInput): Assignment {
  if (input.members.length === 0) return new Map();
  return input.isHomogeneous ? uniformHomogeneous(input) : uniformHeterogeneous(input);
}

function uniformHomogeneous({ members, partitionCount }: AssignorInput): Assignment {
  const topicIds = new Set(inHashMapOrder(members[0]?.topicIds ?? [], uuidHashCode));
  const assignment: Assignment = new Map();
  if (topicIds.size === 0) return assignment;

  const unassigned = withoutOwner([...topicIds], members, partitionCount);
  let total = 0;
  for (const topicId of topicIds) total += partitionCount(topicId);
  const quota = Math.floor(total / members.length);
  /** How many members may still have one more than the quota. */
  let extras = total % members.length;
  const unfilled: { readonly partitions: TopicPartitions; readonly room: number }[] = [];
  members.forEach(({ memberId, assignment: before }, i) => {
    let mayHaveExtra = extras > 0;
    let room = quota + (mayHaveExtra ? 1 : 0);
    const partitions: TopicPartitions = new Map();
    for (const [topicId, owned] of before) {
      if (!topicIds.has(topicId)) continue;
      for (const partition of sorted(owned)) {
        if (room > 0) addPartition(partitions, topicId, partition);
        else unassigned.push({ topicId, partition });
        room = Math.max(room - 1, 0);
      }
    }
    // Whoever has no extra partition yet gets none, as long as enough members follow who may have theirs already.
    if (room > 0 && mayHaveExtra && members.length - i > extras) {
      room--;
      mayHaveExtra = false;
    }
    if (room > 0) unfilled.push({ partitions, room });
    if (mayHaveExtra) extras--;
    assignment.set(memberId, partitions);
  });

  const rest = unassigned.values();
  for (const { partitions, room } of unfilled) {
    for (let i = 0; i < room; i++) {
      const next = rest.next();
      if (next.done === true) return assignment;
      addPartition(partitions, next.value.topicId, next.value.partition);
    }
  }
  return assignment;
}

function withoutOwner(
  topicIds: readonly string[],
  members: AssignorInput['members'],
  partitionCount: AssignorInput['partitionCount'],
): { topicId: string; partition: number }[] {
  const owned = new Map<string, Set<number>>();
  for (const { assignment } of members) {
    for (const [topicId, partitions] of assignment) {
      const all = owned.get(topicId) ?? new Set();
      for (const partition of partitions) all.add(partition);
      owned.set(topicId, all);
    }
  }
  const rest = [];
  for (const topicId of topicIds) {
    for (let partition = 0; partition < partitionCount(topicId); partition++)
      if (owned.get(topicId)?.has(partition) !== true) rest.push({ topicId, partition });
  }
  return rest;
}
