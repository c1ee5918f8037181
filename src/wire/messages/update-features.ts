/**
 * Raises or lowers finalized feature levels, such as metadata.version.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bool, int16, int32, int8, message, string, type Infer } from '../schema.ts';

export const UpdateFeaturesRequest = message(
  'UpdateFeaturesRequest',
  { apiKey: 57, versions: [0, 2], flexibleSince: 0 },
  () => ({
    timeoutMs: int32().default(60000),
    featureUpdates: array({
      feature: string(),
      maxVersionLevel: int16(),
      allowDowngrade: bool().until(0),
      upgradeType: int8().since(1).default(1),
    }),
    validateOnly: bool().since(1).default(false),
  }),
);
export type UpdateFeaturesRequest = Infer<typeof UpdateFeaturesRequest>;

export const UpdateFeaturesResponse = message(
  'UpdateFeaturesResponse',
  { apiKey: 57, versions: [0, 2], flexibleSince: 0 },
  () => ({
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    errorMessage: string().nullable(),
    results: array({
      feature: string(),
      errorCode: int16(),
      errorMessage: string().nullable(),
    })
      .until(1)
      .ignorable(),
  }),
);
export type UpdateFeaturesResponse = Infer<typeof UpdateFeaturesResponse>;
