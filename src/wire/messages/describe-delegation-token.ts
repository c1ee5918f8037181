/**
 * Lists delegation tokens by owner.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bytes, int16, int32, int64, message, string, type Infer } from '../schema.ts';

export const DescribeDelegationTokenRequest = message(
  'DescribeDelegationTokenRequest',
  { apiKey: 41, versions: [1, 3], flexibleSince: 2 },
  () => ({
    owners: array({
      principalType: string(),
      principalName: string(),
    }).nullable(),
  }),
);
export type DescribeDelegationTokenRequest = Infer<typeof DescribeDelegationTokenRequest>;

export const DescribeDelegationTokenResponse = message(
  'DescribeDelegationTokenResponse',
  { apiKey: 41, versions: [1, 3], flexibleSince: 2 },
  () => ({
    errorCode: int16(),
    tokens: array({
      principalType: string(),
      principalName: string(),
      tokenRequesterPrincipalType: string().since(3),
      tokenRequesterPrincipalName: string().since(3),
      issueTimestamp: int64(),
      expiryTimestamp: int64(),
      maxTimestamp: int64(),
      tokenId: string(),
      hmac: bytes(),
      renewers: array({
        principalType: string(),
        principalName: string(),
      }),
    }),
    throttleTimeMs: int32().default(0),
  }),
);
export type DescribeDelegationTokenResponse = Infer<typeof DescribeDelegationTokenResponse>;
