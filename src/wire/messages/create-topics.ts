/**
 * Creates topics, with partition counts or explicit replica assignments, and configs.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bool, int16, int32, int8, message, string, uuid, type Infer } from '../schema.ts';

export const CreateTopicsRequest = message(
  'CreateTopicsRequest',
  { apiKey: 19, versions: [2, 7], flexibleSince: 5 },
  () => ({
    topics: array({
      name: string(),
      numPartitions: int32(),
      replicationFactor: int16(),
      assignments: array({
        partitionIndex: int32(),
        brokerIds: array(int32()),
      }),
      configs: array({
        name: string(),
        value: string().nullable(),
      }),
    }),
    timeoutMs: int32().default(60000),
    validateOnly: bool().default(false),
  }),
);
export type CreateTopicsRequest = Infer<typeof CreateTopicsRequest>;

export const CreateTopicsResponse = message(
  'CreateTopicsResponse',
  { apiKey: 19, versions: [2, 7], flexibleSince: 5 },
  () => ({
    throttleTimeMs: int32().default(0).ignorable(),
    topics: array({
      name: string(),
      topicId: uuid().since(7).ignorable(),
      errorCode: int16(),
      errorMessage: string().nullable().ignorable(),
      topicConfigErrorCode: int16().since(5).tagged(0).ignorable(),
      numPartitions: int32().since(5).default(-1).ignorable(),
      replicationFactor: int16().since(5).default(-1).ignorable(),
      configs: array({
        name: string(),
        value: string().nullable(),
        readOnly: bool(),
        configSource: int8().default(-1).ignorable(),
        isSensitive: bool(),
      })
        .since(5)
        .nullable()
        .ignorable(),
    }),
  }),
);
export type CreateTopicsResponse = Infer<typeof CreateTopicsResponse>;
