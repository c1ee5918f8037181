/**
 * Reads a piece of a metadata snapshot, for a replica too far behind to read the log.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, int64, message, records, string, struct, uint16, uuid, type Infer } from '../schema.ts';

export const FetchSnapshotRequest = message(
  'FetchSnapshotRequest',
  { apiKey: 59, versions: [0, 1], flexibleSince: 0 },
  () => ({
    clusterId: string().nullable().tagged(0).default(null),
    replicaId: int32().default(-1),
    maxBytes: int32().default(0x7fffffff),
    topics: array({
      name: string(),
      partitions: array({
        partition: int32(),
        currentLeaderEpoch: int32(),
        snapshotId: struct({
          endOffset: int64(),
          epoch: int32(),
        }),
        position: int64(),
        replicaDirectoryId: uuid().since(1).tagged(0).ignorable(),
      }),
    }),
  }),
);
export type FetchSnapshotRequest = Infer<typeof FetchSnapshotRequest>;

export const FetchSnapshotResponse = message(
  'FetchSnapshotResponse',
  { apiKey: 59, versions: [0, 1], flexibleSince: 0 },
  () => ({
    throttleTimeMs: int32().default(0).ignorable(),
    errorCode: int16(),
    topics: array({
      name: string(),
      partitions: array({
        index: int32(),
        errorCode: int16(),
        snapshotId: struct({
          endOffset: int64(),
          epoch: int32(),
        }),
        currentLeader: struct({
          leaderId: int32(),
          leaderEpoch: int32(),
        }).tagged(0),
        size: int64(),
        position: int64(),
        unalignedRecords: records(),
      }),
    }),
    nodeEndpoints: array({
      nodeId: int32(),
      host: string(),
      port: uint16(),
    })
      .since(1)
      .tagged(0),
  }),
);
export type FetchSnapshotResponse = Infer<typeof FetchSnapshotResponse>;
