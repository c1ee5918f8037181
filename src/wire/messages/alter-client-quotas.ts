/**
 * Sets or removes quotas of users, client ids and addresses.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bool, float64, int16, int32, message, string, type Infer } from '../schema.ts';

export const AlterClientQuotasRequest = message(
  'AlterClientQuotasRequest',
  { apiKey: 49, versions: [0, 1], flexibleSince: 1 },
  () => ({
    entries: array({
      entity: array({
        entityType: string(),
        entityName: string().nullable(),
      }),
      ops: array({
        key: string(),
        value: float64(),
        remove: bool(),
      }),
    }),
    validateOnly: bool(),
  }),
);
export type AlterClientQuotasRequest = Infer<typeof AlterClientQuotasRequest>;

export const AlterClientQuotasResponse = message(
  'AlterClientQuotasResponse',
  { apiKey: 49, versions: [0, 1], flexibleSince: 1 },
  () => ({
    throttleTimeMs: int32().default(0),
    entries: array({
      errorCode: int16(),
      errorMessage: string().nullable(),
      entity: array({
        entityType: string(),
        entityName: string().nullable(),
      }),
    }),
  }),
);
export type AlterClientQuotasResponse = Infer<typeof AlterClientQuotasResponse>;
