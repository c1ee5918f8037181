/**
 * Shows the cluster id, the brokers (or controllers) and who is the controller.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bool, int16, int32, int8, message, string, type Infer } from '../schema.ts';

export const DescribeClusterRequest = message(
  'DescribeClusterRequest',
  { apiKey: 60, versions: [0, 2], flexibleSince: 0 },
  () => ({
    includeClusterAuthorizedOperations: bool(),
    endpointType: int8().since(1).default(1),
    includeFencedBrokers: bool().since(2),
  }),
);
export type DescribeClusterRequest = Infer<typeof DescribeClusterRequest>;

export const DescribeClusterResponse = message(
  'DescribeClusterResponse',
  { apiKey: 60, versions: [0, 2], flexibleSince: 0 },
  () => ({
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    errorMessage: string().nullable().default(null),
    endpointType: int8().since(1).default(1),
    clusterId: string(),
    controllerId: int32().default(-1),
    brokers: array({
      brokerId: int32(),
      host: string(),
      port: int32(),
      rack: string().nullable().default(null),
      isFenced: bool().since(2),
    }),
    clusterAuthorizedOperations: int32().default(-2147483648),
  }),
);
export type DescribeClusterResponse = Infer<typeof DescribeClusterResponse>;
