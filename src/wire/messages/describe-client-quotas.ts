/**
 * Shows the quotas of users, client ids and addresses that match a filter.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bool, float64, int16, int32, int8, message, string, type Infer } from '../schema.ts';

export const DescribeClientQuotasRequest = message(
  'DescribeClientQuotasRequest',
  { apiKey: 48, versions: [0, 1], flexibleSince: 1 },
  () => ({
    components: array({
      entityType: string(),
      matchType: int8(),
      match: string().nullable(),
    }),
    strict: bool(),
  }),
);
export type DescribeClientQuotasRequest = Infer<typeof DescribeClientQuotasRequest>;

export const DescribeClientQuotasResponse = message(
  'DescribeClientQuotasResponse',
  { apiKey: 48, versions: [0, 1], flexibleSince: 1 },
  () => ({
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    errorMessage: string().nullable(),
    entries: array({
      entity: array({
        entityType: string(),
        entityName: string().nullable(),
      }),
      values: array({
        key: string(),
        value: float64(),
      }),
    }).nullable(),
  }),
);
export type DescribeClientQuotasResponse = Infer<typeof DescribeClientQuotasResponse>;
