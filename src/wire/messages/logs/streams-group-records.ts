/**
 * Streams groups (KIP-1071) in __consumer_offsets.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import {
  array,
  bigint64,
  int16,
  int32,
  int64,
  int8,
  message,
  string,
  struct,
  uint16,
  type Infer,
} from '../../schema.ts';

/** The group. */
export const StreamsGroupMetadataKey = message('StreamsGroupMetadataKey', { apiKey: 17, versions: [0, 0] }, () => ({
  groupId: string(),
}));
export type StreamsGroupMetadataKey = Infer<typeof StreamsGroupMetadataKey>;

const lastAssignmentConfig = {
  key: string(),
  value: string(),
};

/** Its epoch, and what the last assignment was made with. */
export const StreamsGroupMetadataValue = message(
  'StreamsGroupMetadataValue',
  { apiKey: 17, versions: [0, 0], flexibleSince: 0 },
  () => ({
    epoch: int32(),
    metadataHash: bigint64(),
    validatedTopologyEpoch: int32().tagged(0).default(-1),
    lastAssignmentConfigs: array(lastAssignmentConfig).nullable().tagged(1),
  }),
);
export type StreamsGroupMetadataValue = Infer<typeof StreamsGroupMetadataValue>;

/** Group and member. */
export const StreamsGroupMemberMetadataKey = message(
  'StreamsGroupMemberMetadataKey',
  { apiKey: 19, versions: [0, 0] },
  () => ({
    groupId: string(),
    memberId: string(),
  }),
);
export type StreamsGroupMemberMetadataKey = Infer<typeof StreamsGroupMemberMetadataKey>;

const endpoint = {
  host: string(),
  port: uint16(),
};

const keyValue = {
  key: string(),
  value: string(),
};

/** What the member told of itself: process, endpoint, tags. */
export const StreamsGroupMemberMetadataValue = message(
  'StreamsGroupMemberMetadataValue',
  { apiKey: 19, versions: [0, 0], flexibleSince: 0 },
  () => ({
    instanceId: string().nullable(),
    rackId: string().nullable(),
    clientId: string(),
    clientHost: string(),
    rebalanceTimeoutMs: int32().default(-1),
    topologyEpoch: int32(),
    processId: string(),
    userEndpoint: struct(endpoint).nullable().default(null),
    clientTags: array(keyValue),
  }),
);
export type StreamsGroupMemberMetadataValue = Infer<typeof StreamsGroupMemberMetadataValue>;

/** The group. */
export const StreamsGroupTargetAssignmentMetadataKey = message(
  'StreamsGroupTargetAssignmentMetadataKey',
  { apiKey: 20, versions: [0, 0] },
  () => ({
    groupId: string(),
  }),
);
export type StreamsGroupTargetAssignmentMetadataKey = Infer<typeof StreamsGroupTargetAssignmentMetadataKey>;

/** The epoch for which the target assignment was made. */
export const StreamsGroupTargetAssignmentMetadataValue = message(
  'StreamsGroupTargetAssignmentMetadataValue',
  { apiKey: 20, versions: [0, 0], flexibleSince: 0 },
  () => ({
    assignmentEpoch: int32(),
    assignmentTimestamp: int64().tagged(0).default(0).ignorable(),
  }),
);
export type StreamsGroupTargetAssignmentMetadataValue = Infer<typeof StreamsGroupTargetAssignmentMetadataValue>;

/** Group and member. */
export const StreamsGroupTargetAssignmentMemberKey = message(
  'StreamsGroupTargetAssignmentMemberKey',
  { apiKey: 21, versions: [0, 0] },
  () => ({
    groupId: string(),
    memberId: string(),
  }),
);
export type StreamsGroupTargetAssignmentMemberKey = Infer<typeof StreamsGroupTargetAssignmentMemberKey>;

const taskIds = {
  subtopologyId: string(),
  partitions: array(int32()),
};

/** The tasks that the member shall run. */
export const StreamsGroupTargetAssignmentMemberValue = message(
  'StreamsGroupTargetAssignmentMemberValue',
  { apiKey: 21, versions: [0, 0], flexibleSince: 0 },
  () => ({
    activeTasks: array(taskIds),
    standbyTasks: array(taskIds),
    warmupTasks: array(taskIds),
  }),
);
export type StreamsGroupTargetAssignmentMemberValue = Infer<typeof StreamsGroupTargetAssignmentMemberValue>;

/** Group and member. */
export const StreamsGroupCurrentMemberAssignmentKey = message(
  'StreamsGroupCurrentMemberAssignmentKey',
  { apiKey: 22, versions: [0, 0] },
  () => ({
    groupId: string(),
    memberId: string(),
  }),
);
export type StreamsGroupCurrentMemberAssignmentKey = Infer<typeof StreamsGroupCurrentMemberAssignmentKey>;

const streamsGroupCurrentMemberAssignmentValueTaskIds = {
  subtopologyId: string(),
  partitions: array(int32()),
  assignmentEpochs: array(int32()).nullable().tagged(0),
};

/** The tasks that it runs, and those that it has yet to give up. */
export const StreamsGroupCurrentMemberAssignmentValue = message(
  'StreamsGroupCurrentMemberAssignmentValue',
  { apiKey: 22, versions: [0, 0], flexibleSince: 0 },
  () => ({
    memberEpoch: int32(),
    previousMemberEpoch: int32(),
    state: int8(),
    activeTasks: array(streamsGroupCurrentMemberAssignmentValueTaskIds),
    standbyTasks: array(streamsGroupCurrentMemberAssignmentValueTaskIds),
    warmupTasks: array(streamsGroupCurrentMemberAssignmentValueTaskIds),
    activeTasksPendingRevocation: array(streamsGroupCurrentMemberAssignmentValueTaskIds),
    standbyTasksPendingRevocation: array(streamsGroupCurrentMemberAssignmentValueTaskIds),
    warmupTasksPendingRevocation: array(streamsGroupCurrentMemberAssignmentValueTaskIds),
  }),
);
export type StreamsGroupCurrentMemberAssignmentValue = Infer<typeof StreamsGroupCurrentMemberAssignmentValue>;

/** The group. */
export const StreamsGroupTopologyKey = message('StreamsGroupTopologyKey', { apiKey: 23, versions: [0, 0] }, () => ({
  groupId: string(),
}));
export type StreamsGroupTopologyKey = Infer<typeof StreamsGroupTopologyKey>;

const topicConfig = {
  key: string(),
  value: string(),
};

const topicInfo = {
  name: string(),
  partitions: int32(),
  replicationFactor: int16(),
  topicConfigs: array(topicConfig),
};

/** The subtopologies with their source, sink and internal topics. */
export const StreamsGroupTopologyValue = message(
  'StreamsGroupTopologyValue',
  { apiKey: 23, versions: [0, 0], flexibleSince: 0 },
  () => ({
    epoch: int32(),
    subtopologies: array({
      subtopologyId: string(),
      sourceTopics: array(string()),
      sourceTopicRegex: array(string()),
      stateChangelogTopics: array(topicInfo),
      repartitionSinkTopics: array(string()),
      repartitionSourceTopics: array(topicInfo),
      copartitionGroups: array({
        sourceTopics: array(int16()),
        sourceTopicRegex: array(int16()),
        repartitionSourceTopics: array(int16()),
      }),
    }),
  }),
);
export type StreamsGroupTopologyValue = Infer<typeof StreamsGroupTopologyValue>;
