/**
 * Deletes topics, by name or by id.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, message, string, uuid, type Infer } from '../schema.ts';

export const DeleteTopicsRequest = message(
  'DeleteTopicsRequest',
  { apiKey: 20, versions: [1, 6], flexibleSince: 4 },
  () => ({
    topics: array({
      name: string().nullable().default(null),
      topicId: uuid(),
    }).since(6),
    topicNames: array(string()).until(5).ignorable(),
    timeoutMs: int32(),
  }),
);
export type DeleteTopicsRequest = Infer<typeof DeleteTopicsRequest>;

export const DeleteTopicsResponse = message(
  'DeleteTopicsResponse',
  { apiKey: 20, versions: [1, 6], flexibleSince: 4 },
  () => ({
    throttleTimeMs: int32().default(0).ignorable(),
    responses: array({
      name: string().nullable(6),
      topicId: uuid().since(6).ignorable(),
      errorCode: int16(),
      errorMessage: string().since(5).nullable().default(null).ignorable(),
    }),
  }),
);
export type DeleteTopicsResponse = Infer<typeof DeleteTopicsResponse>;
