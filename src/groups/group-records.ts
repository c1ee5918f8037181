/** The records of `__consumer_offsets` that groups, offsets and their transactions are made of. */
import type { Reading } from '../coordinator/index.ts';
import type { GroupMetadataValue, OffsetCommitValue } from '../wire/messages/logs/index.ts';
import type { ConsumerGroupRecord } from './consumer-group-records.ts';

/** `value` null: a tombstone. */
export type GroupRecord =
  | { readonly type: 'groupMetadata'; readonly groupId: string; readonly value: Reading<GroupMetadataValue> | null }
  | {
      readonly type: 'offsetCommit';
      readonly groupId: string;
      readonly topic: string;
      readonly partition: number;
      readonly value: Reading<OffsetCommitValue> | null;
    }
  | {
      /** An offset within a transaction: it counts from the marker on, if that says commit. */
      readonly type: 'pendingOffset';
      readonly producerId: number;
      readonly producerEpoch: number;
      readonly groupId: string;
      readonly topic: string;
      readonly partition: number;
      readonly value: Reading<OffsetCommitValue>;
    }
  | ({ readonly type: 'transactionMarker' } & TransactionEnd)
  | ConsumerGroupRecord;

/** What a transaction's marker says. */
export interface TransactionEnd {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** Of the transaction coordinator. */
  readonly coordinatorEpoch: number;
  readonly isCommit: boolean;
}

export function offsetTombstone(groupId: string, topic: string, partition: number): GroupRecord {
  return { type: 'offsetCommit', groupId, topic, partition, value: null };
}
