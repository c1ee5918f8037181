/** What is asked of the group coordinator of one `__consumer_offsets` partition, and what it answers. */
import type { Random } from '../base/index.ts';
import type { MetadataImage } from '../metadata/index.ts';
import type { Input } from '../wire/index.ts';
import type {
  ConsumerGroupDescribeResponse,
  ConsumerGroupHeartbeatRequest,
  ConsumerGroupHeartbeatResponse,
  DeleteGroupsResponse,
  DescribeGroupsResponse,
  HeartbeatRequest,
  HeartbeatResponse,
  JoinGroupRequest,
  JoinGroupResponse,
  LeaveGroupRequest,
  LeaveGroupResponse,
  ListGroupsRequest,
  ListGroupsResponse,
  OffsetCommitRequest,
  OffsetCommitResponse,
  OffsetDeleteRequest,
  OffsetDeleteResponse,
  OffsetFetchResponse,
  SyncGroupRequest,
  SyncGroupResponse,
  TxnOffsetCommitRequest,
  TxnOffsetCommitResponse,
} from '../wire/messages/index.ts';
import type { TransactionEnd } from './group-records.ts';

/** Plain values of the broker's group configs. */
export interface GroupsConfig {
  /** `group.min.session.timeout.ms` */
  readonly minSessionTimeoutMs: number;
  /** `group.max.session.timeout.ms` */
  readonly maxSessionTimeoutMs: number;
  /** `group.initial.rebalance.delay.ms` */
  readonly initialRebalanceDelayMs: number;
  /** `group.max.size`: members of one group. */
  readonly maxSize: number;
  /** `max.message.bytes` of `__consumer_offsets`: a generation that doesn't fit is refused, not written. */
  readonly maxRecordBytes: number;
  /** `offset.metadata.max.bytes` */
  readonly offsetMetadataMaxBytes: number;
  /** `offsets.retention.minutes`, in ms. */
  readonly offsetsRetentionMs: number;
  /** `offsets.retention.check.interval.ms` */
  readonly offsetsRetentionCheckIntervalMs: number;
  readonly consumer: ConsumerGroupsConfig;
}

/** Of consumer groups (KIP-848); asked for when needed, for operators change these while the broker runs. */
export interface ConsumerGroupsConfig {
  /** `group.consumer.assignors`: the first is for groups whose members name none. */
  readonly assignors: readonly AssignorName[];
  /** `group.consumer.max.size`: members of one group. */
  readonly maxSize: number;
  /** `group.consumer.migration.policy`: whether a classic group may become a consumer group, and back. */
  readonly migration: { readonly upgrade: boolean; readonly downgrade: boolean };
  /** `group.consumer.regex.refresh.interval.ms` */
  readonly regexRefreshIntervalMs: number;
  /** `consumer.session.timeout.ms` of the group, or `group.consumer.session.timeout.ms`. */
  sessionTimeoutMs(groupId: string): number;
  /** `consumer.heartbeat.interval.ms` of the group, or the broker's. */
  heartbeatIntervalMs(groupId: string): number;
  /** `consumer.assignment.interval.ms` of the group, or the broker's: the least time between two assignments. */
  assignmentIntervalMs(groupId: string): number;
}

export type AssignorName = 'uniform' | 'range';

/** What the groups need from outside. */
export interface GroupsEnvironment {
  /** For member ids. */
  readonly random: Random;
  /** Topics and brokers as they are now. */
  image(): Pick<MetadataImage, 'topics' | 'brokers' | 'position'>;
  /** The offset in the metadata log at which topics were last made, or where the log was when this broker started. */
  newestTopicAt(): number;
}

/** Who asks, and in which version. */
export interface RequestContext {
  readonly version: number;
  readonly clientId: string;
  /** As Kafka shows it: `/127.0.0.1`. */
  readonly clientHost: string;
}

/** One group of an OffsetFetch (every version): the handler splits batches and resolves topic ids to names. */
export interface OffsetFetchOfGroup {
  readonly groupId: string;
  readonly memberId: string | null;
  readonly memberEpoch: number;
  /** Null: everything that was committed. `topicId` is ZERO_UUID where the client gave a name. */
  readonly topics: readonly OffsetFetchTopic[] | null;
  readonly requireStable: boolean;
}

export interface OffsetFetchTopic {
  readonly name: string;
  readonly topicId: string;
  readonly partitionIndexes: readonly number[];
}

type Element<A> = A extends readonly (infer E)[] ? E : never;
type Elements<R, K extends keyof R> = Element<NonNullable<R[K]>>;

/** Per API: what is asked and what is answered. */
export interface GroupApis {
  joinGroup: { request: JoinGroupRequest; response: Input<typeof JoinGroupResponse> };
  syncGroup: { request: SyncGroupRequest; response: Input<typeof SyncGroupResponse> };
  heartbeat: { request: HeartbeatRequest; response: Input<typeof HeartbeatResponse> };
  /** Versions 0-2 too: `memberId` of the request, `errorCode` of the response. */
  leaveGroup: { request: LeaveGroupRequest; response: Input<typeof LeaveGroupResponse> };
  /** Topics must have names; those given by id keep it, and it is in the answer again. */
  offsetCommit: { request: OffsetCommitRequest; response: Input<typeof OffsetCommitResponse> };
  /** Answers an entry of `OffsetFetchResponse.groups`; names and ids of topics are both there. */
  offsetFetch: { request: OffsetFetchOfGroup; response: Elements<Input<typeof OffsetFetchResponse>, 'groups'> };
  /** This shard's groups; the handler puts the shards together. */
  listGroups: { request: ListGroupsRequest; response: Input<typeof ListGroupsResponse> };
  /** Answers an entry of `DescribeGroupsResponse.groups`. */
  describeGroup: {
    request: { readonly groupId: string };
    response: Elements<Input<typeof DescribeGroupsResponse>, 'groups'>;
  };
  /** Answers an entry of `DeleteGroupsResponse.results`. */
  deleteGroup: {
    request: { readonly groupId: string };
    response: Elements<Input<typeof DeleteGroupsResponse>, 'results'>;
  };
  consumerGroupHeartbeat: {
    request: ConsumerGroupHeartbeatRequest;
    response: Input<typeof ConsumerGroupHeartbeatResponse>;
  };
  /** Answers an entry of `ConsumerGroupDescribeResponse.groups`. */
  describeConsumerGroup: {
    request: { readonly groupId: string };
    response: Elements<Input<typeof ConsumerGroupDescribeResponse>, 'groups'>;
  };
  offsetDelete: { request: OffsetDeleteRequest; response: Input<typeof OffsetDeleteResponse> };
  /** Not a client's: topics are gone, and with them every offset committed for them. */
  deletedTopics: { request: { readonly topics: readonly string[] }; response: Record<string, never> };
  /** Of a producer whose transaction has this shard's partition in it, for topics that are there. */
  txnOffsetCommit: { request: TxnOffsetCommitRequest; response: Input<typeof TxnOffsetCommitResponse> };
  /** The transaction coordinator's: ends what a producer's transaction has in this shard. */
  endTransaction: { request: TransactionEnd; response: Record<string, never> };
}

export type GroupApi = keyof GroupApis;

/** One request: `{ api: 'joinGroup', request, context }`. The group id was routed to this shard already. */
export type GroupRequest<A extends GroupApi = GroupApi> = {
  [K in A]: { readonly api: K; readonly request: GroupApis[K]['request']; readonly context: RequestContext };
}[A];

/** Its answer: `{ api: 'joinGroup', response }`. `api` is that of the request. */
export type GroupReply<A extends GroupApi = GroupApi> = {
  [K in A]: { readonly api: K; readonly response: GroupApis[K]['response'] };
}[A];
