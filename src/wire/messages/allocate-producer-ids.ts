/**
 * A broker asks the controller for the next block of producer ids.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { int16, int32, int64, message, type Infer } from '../schema.ts';

export const AllocateProducerIdsRequest = message(
  'AllocateProducerIdsRequest',
  { apiKey: 67, versions: [0, 0], flexibleSince: 0 },
  () => ({
    brokerId: int32(),
    brokerEpoch: int64().default(-1),
  }),
);
export type AllocateProducerIdsRequest = Infer<typeof AllocateProducerIdsRequest>;

export const AllocateProducerIdsResponse = message(
  'AllocateProducerIdsResponse',
  { apiKey: 67, versions: [0, 0], flexibleSince: 0 },
  () => ({
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    producerIdStart: int64(),
    producerIdLen: int32(),
  }),
);
export type AllocateProducerIdsResponse = Infer<typeof AllocateProducerIdsResponse>;
