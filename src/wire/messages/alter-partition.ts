/**
 * A partition leader asks the controller for a change of the ISR.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, int64, int8, message, uuid, type Infer } from '../schema.ts';

export const AlterPartitionRequest = message(
  'AlterPartitionRequest',
  { apiKey: 56, versions: [2, 3], flexibleSince: 0 },
  () => ({
    brokerId: int32(),
    brokerEpoch: int64().default(-1),
    topics: array({
      topicId: uuid().ignorable(),
      partitions: array({
        partitionIndex: int32(),
        leaderEpoch: int32(),
        newIsr: array(int32()).until(2),
        newIsrWithEpochs: array({
          brokerId: int32(),
          brokerEpoch: int64().default(-1),
        }).since(3),
        leaderRecoveryState: int8().default(0),
        partitionEpoch: int32(),
      }),
    }),
  }),
);
export type AlterPartitionRequest = Infer<typeof AlterPartitionRequest>;

export const AlterPartitionResponse = message(
  'AlterPartitionResponse',
  { apiKey: 56, versions: [2, 3], flexibleSince: 0 },
  () => ({
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    topics: array({
      topicId: uuid().ignorable(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        leaderId: int32(),
        leaderEpoch: int32(),
        isr: array(int32()),
        leaderRecoveryState: int8().default(0).ignorable(),
        partitionEpoch: int32(),
      }),
    }),
  }),
);
export type AlterPartitionResponse = Infer<typeof AlterPartitionResponse>;
