/**
 * Prolongs a delegation token, up to its maximum life time.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { bytes, int16, int32, int64, message, type Infer } from '../schema.ts';

export const RenewDelegationTokenRequest = message(
  'RenewDelegationTokenRequest',
  { apiKey: 39, versions: [1, 2], flexibleSince: 2 },
  () => ({
    hmac: bytes(),
    renewPeriodMs: int64(),
  }),
);
export type RenewDelegationTokenRequest = Infer<typeof RenewDelegationTokenRequest>;

export const RenewDelegationTokenResponse = message(
  'RenewDelegationTokenResponse',
  { apiKey: 39, versions: [1, 2], flexibleSince: 2 },
  () => ({
    errorCode: int16(),
    expiryTimestampMs: int64(),
    throttleTimeMs: int32().default(0),
  }),
);
export type RenewDelegationTokenResponse = Infer<typeof RenewDelegationTokenResponse>;
