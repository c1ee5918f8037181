/**
 * A client pushes the metrics that it was asked for (KIP-714).
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { bool, bytes, int16, int32, int8, message, uuid, type Infer } from '../schema.ts';

export const PushTelemetryRequest = message(
  'PushTelemetryRequest',
  { apiKey: 72, versions: [0, 0], flexibleSince: 0 },
  () => ({
    clientInstanceId: uuid(),
    subscriptionId: int32(),
    terminating: bool(),
    compressionType: int8(),
    metrics: bytes(),
  }),
);
export type PushTelemetryRequest = Infer<typeof PushTelemetryRequest>;

export const PushTelemetryResponse = message(
  'PushTelemetryResponse',
  { apiKey: 72, versions: [0, 0], flexibleSince: 0 },
  () => ({
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
  }),
);
export type PushTelemetryResponse = Infer<typeof PushTelemetryResponse>;
