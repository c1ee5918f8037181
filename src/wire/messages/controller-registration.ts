/**
 * A controller introduces itself to the active controller.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bool, int16, int32, message, string, uint16, uuid, type Infer } from '../schema.ts';

export const ControllerRegistrationRequest = message(
  'ControllerRegistrationRequest',
  { apiKey: 70, versions: [0, 0], flexibleSince: 0 },
  () => ({
    controllerId: int32(),
    incarnationId: uuid(),
    zkMigrationReady: bool(),
    listeners: array({
      name: string(),
      host: string(),
      port: uint16(),
      securityProtocol: int16(),
    }),
    features: array({
      name: string(),
      minSupportedVersion: int16(),
      maxSupportedVersion: int16(),
    }),
  }),
);
export type ControllerRegistrationRequest = Infer<typeof ControllerRegistrationRequest>;

export const ControllerRegistrationResponse = message(
  'ControllerRegistrationResponse',
  { apiKey: 70, versions: [0, 0], flexibleSince: 0 },
  () => ({
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    errorMessage: string().nullable(),
  }),
);
export type ControllerRegistrationResponse = Infer<typeof ControllerRegistrationResponse>;
