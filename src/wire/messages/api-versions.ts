/**
 * Asks which APIs and versions the broker speaks, and which features are finalized: a client's first words.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bool, int16, int32, int64, message, string, type Infer } from '../schema.ts';

export const ApiVersionsRequest = message(
  'ApiVersionsRequest',
  { apiKey: 18, versions: [0, 4], flexibleSince: 3 },
  () => ({
    clientSoftwareName: string().since(3).ignorable(),
    clientSoftwareVersion: string().since(3).ignorable(),
  }),
);
export type ApiVersionsRequest = Infer<typeof ApiVersionsRequest>;

export const ApiVersionsResponse = message(
  'ApiVersionsResponse',
  { apiKey: 18, versions: [0, 4], flexibleSince: 3 },
  () => ({
    errorCode: int16(),
    apiKeys: array({
      apiKey: int16(),
      minVersion: int16(),
      maxVersion: int16(),
    }),
    throttleTimeMs: int32().since(1).default(0).ignorable(),
    supportedFeatures: array({
      name: string(),
      minVersion: int16(),
      maxVersion: int16(),
    })
      .since(3)
      .tagged(0)
      .ignorable(),
    finalizedFeaturesEpoch: int64().since(3).tagged(1).default(-1).ignorable(),
    finalizedFeatures: array({
      name: string(),
      maxVersionLevel: int16(),
      minVersionLevel: int16(),
    })
      .since(3)
      .tagged(2)
      .ignorable(),
    zkMigrationReady: bool().since(3).tagged(3).default(false).ignorable(),
  }),
);
export type ApiVersionsResponse = Infer<typeof ApiVersionsResponse>;
