/**
 * Lists the resources that can carry configs, such as groups and client metrics subscriptions.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, int8, message, string, type Infer } from '../schema.ts';

export const ListConfigResourcesRequest = message(
  'ListConfigResourcesRequest',
  { apiKey: 74, versions: [0, 1], flexibleSince: 0 },
  () => ({
    resourceTypes: array(int8()).since(1),
  }),
);
export type ListConfigResourcesRequest = Infer<typeof ListConfigResourcesRequest>;

export const ListConfigResourcesResponse = message(
  'ListConfigResourcesResponse',
  { apiKey: 74, versions: [0, 1], flexibleSince: 0 },
  () => ({
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    configResources: array({
      resourceName: string(),
      resourceType: int8().since(1).default(16).ignorable(),
    }),
  }),
);
export type ListConfigResourcesResponse = Infer<typeof ListConfigResourcesResponse>;
