/**
 * Issues a delegation token: a lightweight secret that stands in for its owner.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bytes, int16, int32, int64, message, string, type Infer } from '../schema.ts';

export const CreateDelegationTokenRequest = message(
  'CreateDelegationTokenRequest',
  { apiKey: 38, versions: [1, 3], flexibleSince: 2 },
  () => ({
    ownerPrincipalType: string().since(3).nullable(),
    ownerPrincipalName: string().since(3).nullable(),
    renewers: array({
      principalType: string(),
      principalName: string(),
    }),
    maxLifetimeMs: int64(),
  }),
);
export type CreateDelegationTokenRequest = Infer<typeof CreateDelegationTokenRequest>;

export const CreateDelegationTokenResponse = message(
  'CreateDelegationTokenResponse',
  { apiKey: 38, versions: [1, 3], flexibleSince: 2 },
  () => ({
    errorCode: int16(),
    principalType: string(),
    principalName: string(),
    tokenRequesterPrincipalType: string().since(3),
    tokenRequesterPrincipalName: string().since(3),
    issueTimestampMs: int64(),
    expiryTimestampMs: int64(),
    maxTimestampMs: int64(),
    tokenId: string(),
    hmac: bytes(),
    throttleTimeMs: int32().default(0),
  }),
);
export type CreateDelegationTokenResponse = Infer<typeof CreateDelegationTokenResponse>;
