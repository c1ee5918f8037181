/**
 * Replaces all configs of a resource; IncrementalAlterConfigs changes single ones.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bool, int16, int32, int8, message, string, type Infer } from '../schema.ts';

export const AlterConfigsRequest = message(
  'AlterConfigsRequest',
  { apiKey: 33, versions: [0, 2], flexibleSince: 2 },
  () => ({
    resources: array({
      resourceType: int8(),
      resourceName: string(),
      configs: array({
        name: string(),
        value: string().nullable(),
      }),
    }),
    validateOnly: bool(),
  }),
);
export type AlterConfigsRequest = Infer<typeof AlterConfigsRequest>;

export const AlterConfigsResponse = message(
  'AlterConfigsResponse',
  { apiKey: 33, versions: [0, 2], flexibleSince: 2 },
  () => ({
    throttleTimeMs: int32().default(0),
    responses: array({
      errorCode: int16(),
      errorMessage: string().nullable(),
      resourceType: int8(),
      resourceName: string(),
    }),
  }),
);
export type AlterConfigsResponse = Infer<typeof AlterConfigsResponse>;
