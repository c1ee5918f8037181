/**
 * A principal as Kafka's default builder writes it: in the Envelope of a forwarded request, after its version as an
 * int16.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { bool, message, string, type Infer } from '../schema.ts';

export const DefaultPrincipalData = message('DefaultPrincipalData', { versions: [0, 0], flexibleSince: 0 }, () => ({
  type: string(),
  name: string(),
  tokenAuthenticated: bool(),
}));
export type DefaultPrincipalData = Infer<typeof DefaultPrincipalData>;
