/**
 * Carries the tokens of the SASL mechanism that was chosen by SaslHandshake.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { bytes, int16, int64, message, string, type Infer } from '../schema.ts';

export const SaslAuthenticateRequest = message(
  'SaslAuthenticateRequest',
  { apiKey: 36, versions: [0, 2], flexibleSince: 2 },
  () => ({
    authBytes: bytes(),
  }),
);
export type SaslAuthenticateRequest = Infer<typeof SaslAuthenticateRequest>;

export const SaslAuthenticateResponse = message(
  'SaslAuthenticateResponse',
  { apiKey: 36, versions: [0, 2], flexibleSince: 2 },
  () => ({
    errorCode: int16(),
    errorMessage: string().nullable(),
    authBytes: bytes(),
    sessionLifetimeMs: int64().since(1).default(0).ignorable(),
  }),
);
export type SaslAuthenticateResponse = Infer<typeof SaslAuthenticateResponse>;
