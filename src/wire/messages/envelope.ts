/**
 * Wraps a client's request that a broker forwards to the controller, with the client's principal.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { bytes, int16, message, type Infer } from '../schema.ts';

export const EnvelopeRequest = message('EnvelopeRequest', { apiKey: 58, versions: [0, 0], flexibleSince: 0 }, () => ({
  requestData: bytes(),
  requestPrincipal: bytes().nullable(),
  clientHostAddress: bytes(),
}));
export type EnvelopeRequest = Infer<typeof EnvelopeRequest>;

export const EnvelopeResponse = message('EnvelopeResponse', { apiKey: 58, versions: [0, 0], flexibleSince: 0 }, () => ({
  responseData: bytes().nullable().default(null),
  errorCode: int16(),
}));
export type EnvelopeResponse = Infer<typeof EnvelopeResponse>;
