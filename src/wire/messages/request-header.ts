/**
 * What opens every request. Version 2 is for flexible requests; its client id stays as it was in version 1, so that a
 * broker can read the header of an ApiVersions request from the future.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { int16, int32, message, string, type Infer } from '../schema.ts';

export const RequestHeader = message('RequestHeader', { versions: [1, 2], flexibleSince: 2 }, () => ({
  requestApiKey: int16(),
  requestApiVersion: int16(),
  correlationId: int32(),
  clientId: string().neverCompact().nullable(),
}));
export type RequestHeader = Infer<typeof RequestHeader>;
