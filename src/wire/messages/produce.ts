/**
 * Appends record batches to partitions. With acks=0 there is no response.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, int64, message, records, string, struct, uuid, type Infer } from '../schema.ts';

export const ProduceRequest = message('ProduceRequest', { apiKey: 0, versions: [3, 13], flexibleSince: 9 }, () => ({
  transactionalId: string().nullable().default(null),
  acks: int16(),
  timeoutMs: int32(),
  topicData: array({
    name: string().until(12).ignorable(),
    topicId: uuid().since(13).ignorable(),
    partitionData: array({
      index: int32(),
      records: records().nullable(),
    }),
  }),
}));
export type ProduceRequest = Infer<typeof ProduceRequest>;

export const ProduceResponse = message('ProduceResponse', { apiKey: 0, versions: [3, 13], flexibleSince: 9 }, () => ({
  responses: array({
    name: string().until(12).ignorable(),
    topicId: uuid().since(13).ignorable(),
    partitionResponses: array({
      index: int32(),
      errorCode: int16(),
      baseOffset: int64(),
      logAppendTimeMs: int64().default(-1).ignorable(),
      logStartOffset: int64().since(5).default(-1).ignorable(),
      recordErrors: array({
        batchIndex: int32(),
        batchIndexErrorMessage: string().nullable().default(null),
      })
        .since(8)
        .ignorable(),
      errorMessage: string().since(8).nullable().default(null).ignorable(),
      currentLeader: struct({
        leaderId: int32().default(-1),
        leaderEpoch: int32().default(-1),
      })
        .since(10)
        .tagged(0),
    }),
  }),
  throttleTimeMs: int32().default(0).ignorable(),
  nodeEndpoints: array({
    nodeId: int32(),
    host: string(),
    port: int32(),
    rack: string().nullable().default(null),
  })
    .since(10)
    .tagged(0),
}));
export type ProduceResponse = Infer<typeof ProduceResponse>;
