/**
 * Chooses the SASL mechanism of a connection.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, message, string, type Infer } from '../schema.ts';

export const SaslHandshakeRequest = message('SaslHandshakeRequest', { apiKey: 17, versions: [0, 1] }, () => ({
  mechanism: string(),
}));
export type SaslHandshakeRequest = Infer<typeof SaslHandshakeRequest>;

export const SaslHandshakeResponse = message('SaslHandshakeResponse', { apiKey: 17, versions: [0, 1] }, () => ({
  errorCode: int16(),
  mechanisms: array(string()),
}));
export type SaslHandshakeResponse = Infer<typeof SaslHandshakeResponse>;
