/** The records of `__consumer_offsets` that classic groups and offsets are made of. */
import type { Reading } from '../coordinator/index.ts';
import type { GroupMetadataValue, OffsetCommitValue } from '../wire/messages/logs/index.ts';

/** `value` null: a tombstone. */
export type GroupRecord =
  | { readonly type: 'groupMetadata'; readonly groupId: string; readonly value: Reading<GroupMetadataValue> | null }
  | {
      readonly type: 'offsetCommit';
      readonly groupId: string;
      readonly topic: string;
      readonly partition: number;
      readonly value: Reading<OffsetCommitValue> | null;
    };

export function offsetTombstone(groupId: string, topic: string, partition: number): GroupRecord {
  return { type: 'offsetCommit', groupId, topic, partition, value: null };
}
