/**
 * Shows the epochs, members and assignments of share groups.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bool, int16, int32, message, string, struct, uuid, type Infer } from '../schema.ts';

export const ShareGroupDescribeRequest = message(
  'ShareGroupDescribeRequest',
  { apiKey: 77, versions: [1, 1], flexibleSince: 0 },
  () => ({
    groupIds: array(string()),
    includeAuthorizedOperations: bool(),
  }),
);
export type ShareGroupDescribeRequest = Infer<typeof ShareGroupDescribeRequest>;

const topicPartitions = {
  topicId: uuid(),
  topicName: string(),
  partitions: array(int32()),
};

const assignment = {
  topicPartitions: array(topicPartitions),
};

export const ShareGroupDescribeResponse = message(
  'ShareGroupDescribeResponse',
  { apiKey: 77, versions: [1, 1], flexibleSince: 0 },
  () => ({
    throttleTimeMs: int32().default(0),
    groups: array({
      errorCode: int16(),
      errorMessage: string().nullable().default(null),
      groupId: string(),
      groupState: string(),
      groupEpoch: int32(),
      assignmentEpoch: int32(),
      assignorName: string(),
      members: array({
        memberId: string(),
        rackId: string().nullable().default(null),
        memberEpoch: int32(),
        clientId: string(),
        clientHost: string(),
        subscribedTopicNames: array(string()),
        assignment: struct(assignment),
      }),
      authorizedOperations: int32().default(-2147483648),
    }),
  }),
);
export type ShareGroupDescribeResponse = Infer<typeof ShareGroupDescribeResponse>;
