/**
 * Shows the configs of topics, brokers, groups and client metrics, with where each value comes from.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bool, int16, int32, int8, message, string, type Infer } from '../schema.ts';

export const DescribeConfigsRequest = message(
  'DescribeConfigsRequest',
  { apiKey: 32, versions: [1, 4], flexibleSince: 4 },
  () => ({
    resources: array({
      resourceType: int8(),
      resourceName: string(),
      configurationKeys: array(string()).nullable(),
    }),
    includeSynonyms: bool().default(false),
    includeDocumentation: bool().since(3).default(false),
  }),
);
export type DescribeConfigsRequest = Infer<typeof DescribeConfigsRequest>;

export const DescribeConfigsResponse = message(
  'DescribeConfigsResponse',
  { apiKey: 32, versions: [1, 4], flexibleSince: 4 },
  () => ({
    throttleTimeMs: int32().default(0),
    results: array({
      errorCode: int16(),
      errorMessage: string().nullable(),
      resourceType: int8(),
      resourceName: string(),
      configs: array({
        name: string(),
        value: string().nullable(),
        readOnly: bool(),
        configSource: int8().default(-1).ignorable(),
        isSensitive: bool(),
        synonyms: array({
          name: string(),
          value: string().nullable(),
          source: int8(),
        }).ignorable(),
        configType: int8().since(3).default(0).ignorable(),
        documentation: string().since(3).nullable().ignorable(),
      }),
    }),
  }),
);
export type DescribeConfigsResponse = Infer<typeof DescribeConfigsResponse>;
