/**
 * Raises the partition counts of topics.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bool, int16, int32, message, string, type Infer } from '../schema.ts';

export const CreatePartitionsRequest = message(
  'CreatePartitionsRequest',
  { apiKey: 37, versions: [0, 3], flexibleSince: 2 },
  () => ({
    topics: array({
      name: string(),
      count: int32(),
      assignments: array({
        brokerIds: array(int32()),
      }).nullable(),
    }),
    timeoutMs: int32(),
    validateOnly: bool(),
  }),
);
export type CreatePartitionsRequest = Infer<typeof CreatePartitionsRequest>;

export const CreatePartitionsResponse = message(
  'CreatePartitionsResponse',
  { apiKey: 37, versions: [0, 3], flexibleSince: 2 },
  () => ({
    throttleTimeMs: int32().default(0),
    results: array({
      name: string(),
      errorCode: int16(),
      errorMessage: string().nullable().default(null),
    }),
  }),
);
export type CreatePartitionsResponse = Infer<typeof CreatePartitionsResponse>;
