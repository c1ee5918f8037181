/**
 * A broker tells the controller which log directory each replica lives in (KIP-858).
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, int64, message, uuid, type Infer } from '../schema.ts';

export const AssignReplicasToDirsRequest = message(
  'AssignReplicasToDirsRequest',
  { apiKey: 73, versions: [0, 0], flexibleSince: 0 },
  () => ({
    brokerId: int32(),
    brokerEpoch: int64().default(-1),
    directories: array({
      id: uuid(),
      topics: array({
        topicId: uuid(),
        partitions: array({
          partitionIndex: int32(),
        }),
      }),
    }),
  }),
);
export type AssignReplicasToDirsRequest = Infer<typeof AssignReplicasToDirsRequest>;

export const AssignReplicasToDirsResponse = message(
  'AssignReplicasToDirsResponse',
  { apiKey: 73, versions: [0, 0], flexibleSince: 0 },
  () => ({
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    directories: array({
      id: uuid(),
      topics: array({
        topicId: uuid(),
        partitions: array({
          partitionIndex: int32(),
          errorCode: int16(),
        }),
      }),
    }),
  }),
);
export type AssignReplicasToDirsResponse = Infer<typeof AssignReplicasToDirsResponse>;
