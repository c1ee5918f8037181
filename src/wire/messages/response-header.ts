/**
 * What opens every response. Version 1 is for flexible responses, though never for ApiVersions.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { int32, message, type Infer } from '../schema.ts';

export const ResponseHeader = message('ResponseHeader', { versions: [0, 1], flexibleSince: 1 }, () => ({
  correlationId: int32(),
}));
export type ResponseHeader = Infer<typeof ResponseHeader>;
