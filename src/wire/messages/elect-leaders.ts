/**
 * Elects the preferred, or an unclean, leader of partitions.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, int8, message, string, type Infer } from '../schema.ts';

export const ElectLeadersRequest = message(
  'ElectLeadersRequest',
  { apiKey: 43, versions: [0, 2], flexibleSince: 2 },
  () => ({
    electionType: int8().since(1),
    topicPartitions: array({
      topic: string(),
      partitions: array(int32()),
    }).nullable(),
    timeoutMs: int32().default(60000),
  }),
);
export type ElectLeadersRequest = Infer<typeof ElectLeadersRequest>;

export const ElectLeadersResponse = message(
  'ElectLeadersResponse',
  { apiKey: 43, versions: [0, 2], flexibleSince: 2 },
  () => ({
    throttleTimeMs: int32().default(0),
    errorCode: int16().since(1),
    replicaElectionResults: array({
      topic: string(),
      partitionResult: array({
        partitionId: int32(),
        errorCode: int16(),
        errorMessage: string().nullable(),
      }),
    }),
  }),
);
export type ElectLeadersResponse = Infer<typeof ElectLeadersResponse>;
