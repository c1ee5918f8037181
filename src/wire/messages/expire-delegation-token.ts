/**
 * Sets a delegation token's end, now or later.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { bytes, int16, int32, int64, message, type Infer } from '../schema.ts';

export const ExpireDelegationTokenRequest = message(
  'ExpireDelegationTokenRequest',
  { apiKey: 40, versions: [1, 2], flexibleSince: 2 },
  () => ({
    hmac: bytes(),
    expiryTimePeriodMs: int64(),
  }),
);
export type ExpireDelegationTokenRequest = Infer<typeof ExpireDelegationTokenRequest>;

export const ExpireDelegationTokenResponse = message(
  'ExpireDelegationTokenResponse',
  { apiKey: 40, versions: [1, 2], flexibleSince: 2 },
  () => ({
    errorCode: int16(),
    expiryTimestampMs: int64(),
    throttleTimeMs: int32().default(0),
  }),
);
export type ExpireDelegationTokenResponse = Infer<typeof ExpireDelegationTokenResponse>;
