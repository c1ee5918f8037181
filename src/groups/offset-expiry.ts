/** When offsets nobody needs go away (KIP-211; OffsetMetadataManager.cleanupExpiredOffsets). */
import type { Reading } from '../coordinator/index.ts';
import type { OffsetCommitValue } from '../wire/messages/logs/index.ts';
import type { ClassicGroup } from './classic-group.ts';
import type { Group } from './consumer-group.ts';
import { dropConsumerGroup } from './consumer-watch.ts';
import { offsetTombstone } from './group-records.ts';
import type { Step } from './step.ts';

/** Removes what has expired, and empty groups that have no offset left. */
export function expireOffsets(step: Step): void {
  for (const [groupId, { offsets, pending, consumer }] of step.hard.groups) {
    const keeping = consumer === undefined ? classicKeeping(step, groupId) : consumerKeeping(step, groupId, consumer);
    if (keeping === undefined) continue;
    const { isRetainedSince } = keeping;
    // What a transaction has under way may yet be committed.
    let kept = pending.size;
    for (const [topic, partitions] of offsets) {
      for (const [partition, committed] of partitions) {
        const isKept =
          isRetainedSince === undefined ||
          keeping.isSubscribedTo(topic) ||
          !hasExpired(step, committed, isRetainedSince(committed));
        if (isKept) kept++;
        else step.records.push(offsetTombstone(groupId, topic, partition));
      }
    }
    if (kept === 0 && keeping.isEmpty) keeping.drop();
  }
  step.soft.deadlines.set(step.soft.expiry, step.now + step.config.offsetsRetentionCheckIntervalMs);
}

/** What decides how long a group's offsets stay. */
interface Keeping {
  readonly isEmpty: boolean;
  isSubscribedTo(topic: string): boolean;
  /** From when on the retention of an offset counts; undefined where offsets stay. */
  readonly isRetainedSince: ((committed: Reading<OffsetCommitValue>) => number) | undefined;
  drop(): void;
}

function classicKeeping(step: Step, groupId: string): Keeping | undefined {
  const group = step.group(groupId);
  return (
    group && {
      isEmpty: group.state === 'Empty',
      isSubscribedTo: (topic) => group.isSubscribedTo(topic),
      isRetainedSince: retention(group),
      drop: () => step.dropGroup(groupId),
    }
  );
}

function consumerKeeping(step: Step, groupId: string, group: Group): Keeping {
  return {
    isEmpty: group.members.size === 0,
    isSubscribedTo: (topic) => group.subscriptions.has(topic),
    isRetainedSince: ({ commitTimestamp }) => commitTimestamp,
    drop: () => dropConsumerGroup(step, groupId, group),
  };
}

/** From when on the retention of an offset counts; undefined where offsets stay. */
function retention(group: ClassicGroup): ((committed: Reading<OffsetCommitValue>) => number) | undefined {
  // Kept by someone who isn't a member.
  if (group.protocolType === null) return ({ commitTimestamp }) => commitTimestamp;
  // From when the last member went; an old record doesn't tell.
  if (group.state === 'Empty') return ({ commitTimestamp }) => group.stateTimestampMs ?? commitTimestamp;
  // Topics that nobody subscribes to any more.
  if (group.state === 'Stable' && group.subscribedTopics !== undefined) return ({ commitTimestamp }) => commitTimestamp;
  return undefined;
}

function hasExpired(step: Step, committed: Reading<OffsetCommitValue>, sinceMs: number): boolean {
  // Up to version 4 of OffsetCommit a client could say how long.
  if (committed.expireTimestamp !== -1) return step.now >= committed.expireTimestamp;
  return step.now - sinceMs >= step.config.offsetsRetentionMs;
}
