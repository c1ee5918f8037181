/**
 * Removes a stopped broker from the cluster for good.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { int16, int32, message, string, type Infer } from '../schema.ts';

export const UnregisterBrokerRequest = message(
  'UnregisterBrokerRequest',
  { apiKey: 64, versions: [0, 0], flexibleSince: 0 },
  () => ({
    brokerId: int32(),
  }),
);
export type UnregisterBrokerRequest = Infer<typeof UnregisterBrokerRequest>;

export const UnregisterBrokerResponse = message(
  'UnregisterBrokerResponse',
  { apiKey: 64, versions: [0, 0], flexibleSince: 0 },
  () => ({
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    errorMessage: string().nullable(),
  }),
);
export type UnregisterBrokerResponse = Infer<typeof UnregisterBrokerResponse>;
