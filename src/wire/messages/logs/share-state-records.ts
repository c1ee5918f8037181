/**
 * Delivery states of share partitions in __share_group_state: snapshots, and updates on top of them.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, int64, int8, message, string, uuid, type Infer } from '../../schema.ts';

/** Group, topic id and partition. */
export const ShareSnapshotKey = message('ShareSnapshotKey', { apiKey: 0, versions: [0, 0] }, () => ({
  groupId: string(),
  topicId: uuid(),
  partition: int32(),
}));
export type ShareSnapshotKey = Infer<typeof ShareSnapshotKey>;

/** The whole state of the share partition. */
export const ShareSnapshotValue = message(
  'ShareSnapshotValue',
  { apiKey: 0, versions: [0, 0], flexibleSince: 0 },
  () => ({
    snapshotEpoch: int32(),
    stateEpoch: int32(),
    leaderEpoch: int32(),
    startOffset: int64(),
    deliveryCompleteCount: int32().tagged(0).default(-1),
    createTimestamp: int64(),
    writeTimestamp: int64(),
    stateBatches: array({
      firstOffset: int64(),
      lastOffset: int64(),
      deliveryState: int8(),
      deliveryCount: int16(),
    }),
  }),
);
export type ShareSnapshotValue = Infer<typeof ShareSnapshotValue>;

/** Group, topic id and partition. */
export const ShareUpdateKey = message('ShareUpdateKey', { apiKey: 1, versions: [0, 0] }, () => ({
  groupId: string(),
  topicId: uuid(),
  partition: int32(),
}));
export type ShareUpdateKey = Infer<typeof ShareUpdateKey>;

/** What changed since the snapshot of the same epoch. */
export const ShareUpdateValue = message('ShareUpdateValue', { apiKey: 1, versions: [0, 0], flexibleSince: 0 }, () => ({
  snapshotEpoch: int32(),
  leaderEpoch: int32(),
  startOffset: int64(),
  deliveryCompleteCount: int32().tagged(0).default(-1),
  stateBatches: array({
    firstOffset: int64(),
    lastOffset: int64(),
    deliveryState: int8(),
    deliveryCount: int16(),
  }),
}));
export type ShareUpdateValue = Infer<typeof ShareUpdateValue>;
