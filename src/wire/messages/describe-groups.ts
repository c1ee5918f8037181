/**
 * Shows the state, members and assignments of classic groups.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bool, bytes, int16, int32, message, string, type Infer } from '../schema.ts';

export const DescribeGroupsRequest = message(
  'DescribeGroupsRequest',
  { apiKey: 15, versions: [0, 6], flexibleSince: 5 },
  () => ({
    groups: array(string()),
    includeAuthorizedOperations: bool().since(3),
  }),
);
export type DescribeGroupsRequest = Infer<typeof DescribeGroupsRequest>;

export const DescribeGroupsResponse = message(
  'DescribeGroupsResponse',
  { apiKey: 15, versions: [0, 6], flexibleSince: 5 },
  () => ({
    throttleTimeMs: int32().since(1).default(0).ignorable(),
    groups: array({
      errorCode: int16(),
      errorMessage: string().since(6).nullable().default(null),
      groupId: string(),
      groupState: string(),
      protocolType: string(),
      protocolData: string(),
      members: array({
        memberId: string(),
        groupInstanceId: string().since(4).nullable().default(null).ignorable(),
        clientId: string(),
        clientHost: string(),
        memberMetadata: bytes(),
        memberAssignment: bytes(),
      }),
      authorizedOperations: int32().since(3).default(-2147483648),
    }),
  }),
);
export type DescribeGroupsResponse = Infer<typeof DescribeGroupsResponse>;
