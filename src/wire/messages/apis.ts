/**
 * Every API of the broker and controller listeners, with the listeners that serve it.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import type { Message } from '../schema.ts';
import { ProduceRequest, ProduceResponse } from './produce.ts';
import { FetchRequest, FetchResponse } from './fetch.ts';
import { ListOffsetsRequest, ListOffsetsResponse } from './list-offsets.ts';
import { MetadataRequest, MetadataResponse } from './metadata.ts';
import { OffsetCommitRequest, OffsetCommitResponse } from './offset-commit.ts';
import { OffsetFetchRequest, OffsetFetchResponse } from './offset-fetch.ts';
import { FindCoordinatorRequest, FindCoordinatorResponse } from './find-coordinator.ts';
import { JoinGroupRequest, JoinGroupResponse } from './join-group.ts';
import { HeartbeatRequest, HeartbeatResponse } from './heartbeat.ts';
import { LeaveGroupRequest, LeaveGroupResponse } from './leave-group.ts';
import { SyncGroupRequest, SyncGroupResponse } from './sync-group.ts';
import { DescribeGroupsRequest, DescribeGroupsResponse } from './describe-groups.ts';
import { ListGroupsRequest, ListGroupsResponse } from './list-groups.ts';
import { SaslHandshakeRequest, SaslHandshakeResponse } from './sasl-handshake.ts';
import { ApiVersionsRequest, ApiVersionsResponse } from './api-versions.ts';
import { CreateTopicsRequest, CreateTopicsResponse } from './create-topics.ts';
import { DeleteTopicsRequest, DeleteTopicsResponse } from './delete-topics.ts';
import { DeleteRecordsRequest, DeleteRecordsResponse } from './delete-records.ts';
import { InitProducerIdRequest, InitProducerIdResponse } from './init-producer-id.ts';
import { OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse } from './offset-for-leader-epoch.ts';
import { AddPartitionsToTxnRequest, AddPartitionsToTxnResponse } from './add-partitions-to-txn.ts';
import { AddOffsetsToTxnRequest, AddOffsetsToTxnResponse } from './add-offsets-to-txn.ts';
import { EndTxnRequest, EndTxnResponse } from './end-txn.ts';
import { WriteTxnMarkersRequest, WriteTxnMarkersResponse } from './write-txn-markers.ts';
import { TxnOffsetCommitRequest, TxnOffsetCommitResponse } from './txn-offset-commit.ts';
import { DescribeAclsRequest, DescribeAclsResponse } from './describe-acls.ts';
import { CreateAclsRequest, CreateAclsResponse } from './create-acls.ts';
import { DeleteAclsRequest, DeleteAclsResponse } from './delete-acls.ts';
import { DescribeConfigsRequest, DescribeConfigsResponse } from './describe-configs.ts';
import { AlterConfigsRequest, AlterConfigsResponse } from './alter-configs.ts';
import { AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse } from './alter-replica-log-dirs.ts';
import { DescribeLogDirsRequest, DescribeLogDirsResponse } from './describe-log-dirs.ts';
import { SaslAuthenticateRequest, SaslAuthenticateResponse } from './sasl-authenticate.ts';
import { CreatePartitionsRequest, CreatePartitionsResponse } from './create-partitions.ts';
import { CreateDelegationTokenRequest, CreateDelegationTokenResponse } from './create-delegation-token.ts';
import { RenewDelegationTokenRequest, RenewDelegationTokenResponse } from './renew-delegation-token.ts';
import { ExpireDelegationTokenRequest, ExpireDelegationTokenResponse } from './expire-delegation-token.ts';
import { DescribeDelegationTokenRequest, DescribeDelegationTokenResponse } from './describe-delegation-token.ts';
import { DeleteGroupsRequest, DeleteGroupsResponse } from './delete-groups.ts';
import { ElectLeadersRequest, ElectLeadersResponse } from './elect-leaders.ts';
import { IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse } from './incremental-alter-configs.ts';
import {
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponse,
} from './alter-partition-reassignments.ts';
import {
  ListPartitionReassignmentsRequest,
  ListPartitionReassignmentsResponse,
} from './list-partition-reassignments.ts';
import { OffsetDeleteRequest, OffsetDeleteResponse } from './offset-delete.ts';
import { DescribeClientQuotasRequest, DescribeClientQuotasResponse } from './describe-client-quotas.ts';
import { AlterClientQuotasRequest, AlterClientQuotasResponse } from './alter-client-quotas.ts';
import {
  DescribeUserScramCredentialsRequest,
  DescribeUserScramCredentialsResponse,
} from './describe-user-scram-credentials.ts';
import { AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse } from './alter-user-scram-credentials.ts';
import { VoteRequest, VoteResponse } from './vote.ts';
import { BeginQuorumEpochRequest, BeginQuorumEpochResponse } from './begin-quorum-epoch.ts';
import { EndQuorumEpochRequest, EndQuorumEpochResponse } from './end-quorum-epoch.ts';
import { DescribeQuorumRequest, DescribeQuorumResponse } from './describe-quorum.ts';
import { AlterPartitionRequest, AlterPartitionResponse } from './alter-partition.ts';
import { UpdateFeaturesRequest, UpdateFeaturesResponse } from './update-features.ts';
import { EnvelopeRequest, EnvelopeResponse } from './envelope.ts';
import { FetchSnapshotRequest, FetchSnapshotResponse } from './fetch-snapshot.ts';
import { DescribeClusterRequest, DescribeClusterResponse } from './describe-cluster.ts';
import { DescribeProducersRequest, DescribeProducersResponse } from './describe-producers.ts';
import { BrokerRegistrationRequest, BrokerRegistrationResponse } from './broker-registration.ts';
import { BrokerHeartbeatRequest, BrokerHeartbeatResponse } from './broker-heartbeat.ts';
import { UnregisterBrokerRequest, UnregisterBrokerResponse } from './unregister-broker.ts';
import { DescribeTransactionsRequest, DescribeTransactionsResponse } from './describe-transactions.ts';
import { ListTransactionsRequest, ListTransactionsResponse } from './list-transactions.ts';
import { AllocateProducerIdsRequest, AllocateProducerIdsResponse } from './allocate-producer-ids.ts';
import { ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse } from './consumer-group-heartbeat.ts';
import { ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse } from './consumer-group-describe.ts';
import { ControllerRegistrationRequest, ControllerRegistrationResponse } from './controller-registration.ts';
import { GetTelemetrySubscriptionsRequest, GetTelemetrySubscriptionsResponse } from './get-telemetry-subscriptions.ts';
import { PushTelemetryRequest, PushTelemetryResponse } from './push-telemetry.ts';
import { AssignReplicasToDirsRequest, AssignReplicasToDirsResponse } from './assign-replicas-to-dirs.ts';
import { ListConfigResourcesRequest, ListConfigResourcesResponse } from './list-config-resources.ts';
import { DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse } from './describe-topic-partitions.ts';
import { ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse } from './share-group-heartbeat.ts';
import { ShareGroupDescribeRequest, ShareGroupDescribeResponse } from './share-group-describe.ts';
import { ShareFetchRequest, ShareFetchResponse } from './share-fetch.ts';
import { ShareAcknowledgeRequest, ShareAcknowledgeResponse } from './share-acknowledge.ts';
import { AddRaftVoterRequest, AddRaftVoterResponse } from './add-raft-voter.ts';
import { RemoveRaftVoterRequest, RemoveRaftVoterResponse } from './remove-raft-voter.ts';
import { UpdateRaftVoterRequest, UpdateRaftVoterResponse } from './update-raft-voter.ts';
import { InitializeShareGroupStateRequest, InitializeShareGroupStateResponse } from './initialize-share-group-state.ts';
import { ReadShareGroupStateRequest, ReadShareGroupStateResponse } from './read-share-group-state.ts';
import { WriteShareGroupStateRequest, WriteShareGroupStateResponse } from './write-share-group-state.ts';
import { DeleteShareGroupStateRequest, DeleteShareGroupStateResponse } from './delete-share-group-state.ts';
import {
  ReadShareGroupStateSummaryRequest,
  ReadShareGroupStateSummaryResponse,
} from './read-share-group-state-summary.ts';
import { StreamsGroupHeartbeatRequest, StreamsGroupHeartbeatResponse } from './streams-group-heartbeat.ts';
import { StreamsGroupDescribeRequest, StreamsGroupDescribeResponse } from './streams-group-describe.ts';
import { DescribeShareGroupOffsetsRequest, DescribeShareGroupOffsetsResponse } from './describe-share-group-offsets.ts';
import { AlterShareGroupOffsetsRequest, AlterShareGroupOffsetsResponse } from './alter-share-group-offsets.ts';
import { DeleteShareGroupOffsetsRequest, DeleteShareGroupOffsetsResponse } from './delete-share-group-offsets.ts';

export interface Api {
  readonly apiKey: number;
  /** Kafka's name of it: the request's without "Request". */
  readonly name: string;
  readonly request: Message;
  readonly response: Message;
  /** Whether Kafka hides the latest version unless unstable.api.versions.enable is set. */
  readonly latestVersionUnstable: boolean;
  readonly listeners: readonly ('broker' | 'controller')[];
}

const api = (request: Message, response: Message, listeners: Api['listeners'], latestVersionUnstable = false): Api => ({
  apiKey: request.apiKey,
  name: request.name.slice(0, -'Request'.length),
  request,
  response,
  latestVersionUnstable,
  listeners,
});

const all: readonly Api[] = [
  api(ProduceRequest, ProduceResponse, ['broker']),
  api(FetchRequest, FetchResponse, ['broker', 'controller']),
  api(ListOffsetsRequest, ListOffsetsResponse, ['broker']),
  api(MetadataRequest, MetadataResponse, ['broker']),
  api(OffsetCommitRequest, OffsetCommitResponse, ['broker']),
  api(OffsetFetchRequest, OffsetFetchResponse, ['broker']),
  api(FindCoordinatorRequest, FindCoordinatorResponse, ['broker']),
  api(JoinGroupRequest, JoinGroupResponse, ['broker']),
  api(HeartbeatRequest, HeartbeatResponse, ['broker']),
  api(LeaveGroupRequest, LeaveGroupResponse, ['broker']),
  api(SyncGroupRequest, SyncGroupResponse, ['broker']),
  api(DescribeGroupsRequest, DescribeGroupsResponse, ['broker']),
  api(ListGroupsRequest, ListGroupsResponse, ['broker']),
  api(SaslHandshakeRequest, SaslHandshakeResponse, ['broker', 'controller']),
  api(ApiVersionsRequest, ApiVersionsResponse, ['broker', 'controller']),
  api(CreateTopicsRequest, CreateTopicsResponse, ['broker', 'controller']),
  api(DeleteTopicsRequest, DeleteTopicsResponse, ['broker', 'controller']),
  api(DeleteRecordsRequest, DeleteRecordsResponse, ['broker']),
  api(InitProducerIdRequest, InitProducerIdResponse, ['broker'], true),
  api(OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse, ['broker']),
  api(AddPartitionsToTxnRequest, AddPartitionsToTxnResponse, ['broker']),
  api(AddOffsetsToTxnRequest, AddOffsetsToTxnResponse, ['broker']),
  api(EndTxnRequest, EndTxnResponse, ['broker']),
  api(WriteTxnMarkersRequest, WriteTxnMarkersResponse, ['broker']),
  api(TxnOffsetCommitRequest, TxnOffsetCommitResponse, ['broker']),
  api(DescribeAclsRequest, DescribeAclsResponse, ['broker', 'controller']),
  api(CreateAclsRequest, CreateAclsResponse, ['broker', 'controller']),
  api(DeleteAclsRequest, DeleteAclsResponse, ['broker', 'controller']),
  api(DescribeConfigsRequest, DescribeConfigsResponse, ['broker', 'controller']),
  api(AlterConfigsRequest, AlterConfigsResponse, ['broker', 'controller']),
  api(AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse, ['broker']),
  api(DescribeLogDirsRequest, DescribeLogDirsResponse, ['broker']),
  api(SaslAuthenticateRequest, SaslAuthenticateResponse, ['broker', 'controller']),
  api(CreatePartitionsRequest, CreatePartitionsResponse, ['broker', 'controller']),
  api(CreateDelegationTokenRequest, CreateDelegationTokenResponse, ['broker', 'controller']),
  api(RenewDelegationTokenRequest, RenewDelegationTokenResponse, ['broker', 'controller']),
  api(ExpireDelegationTokenRequest, ExpireDelegationTokenResponse, ['broker', 'controller']),
  api(DescribeDelegationTokenRequest, DescribeDelegationTokenResponse, ['broker', 'controller']),
  api(DeleteGroupsRequest, DeleteGroupsResponse, ['broker']),
  api(ElectLeadersRequest, ElectLeadersResponse, ['broker', 'controller']),
  api(IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse, ['broker', 'controller']),
  api(AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse, ['broker', 'controller']),
  api(ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse, ['broker', 'controller']),
  api(OffsetDeleteRequest, OffsetDeleteResponse, ['broker']),
  api(DescribeClientQuotasRequest, DescribeClientQuotasResponse, ['broker']),
  api(AlterClientQuotasRequest, AlterClientQuotasResponse, ['broker', 'controller']),
  api(DescribeUserScramCredentialsRequest, DescribeUserScramCredentialsResponse, ['broker', 'controller']),
  api(AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse, ['broker', 'controller']),
  api(VoteRequest, VoteResponse, ['controller']),
  api(BeginQuorumEpochRequest, BeginQuorumEpochResponse, ['controller']),
  api(EndQuorumEpochRequest, EndQuorumEpochResponse, ['controller']),
  api(DescribeQuorumRequest, DescribeQuorumResponse, ['broker', 'controller']),
  api(AlterPartitionRequest, AlterPartitionResponse, ['controller']),
  api(UpdateFeaturesRequest, UpdateFeaturesResponse, ['broker', 'controller']),
  api(EnvelopeRequest, EnvelopeResponse, ['controller']),
  api(FetchSnapshotRequest, FetchSnapshotResponse, ['controller']),
  api(DescribeClusterRequest, DescribeClusterResponse, ['broker', 'controller']),
  api(DescribeProducersRequest, DescribeProducersResponse, ['broker']),
  api(BrokerRegistrationRequest, BrokerRegistrationResponse, ['controller']),
  api(BrokerHeartbeatRequest, BrokerHeartbeatResponse, ['controller']),
  api(UnregisterBrokerRequest, UnregisterBrokerResponse, ['broker', 'controller']),
  api(DescribeTransactionsRequest, DescribeTransactionsResponse, ['broker']),
  api(ListTransactionsRequest, ListTransactionsResponse, ['broker']),
  api(AllocateProducerIdsRequest, AllocateProducerIdsResponse, ['controller']),
  api(ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse, ['broker']),
  api(ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse, ['broker']),
  api(ControllerRegistrationRequest, ControllerRegistrationResponse, ['controller']),
  api(GetTelemetrySubscriptionsRequest, GetTelemetrySubscriptionsResponse, ['broker']),
  api(PushTelemetryRequest, PushTelemetryResponse, ['broker']),
  api(AssignReplicasToDirsRequest, AssignReplicasToDirsResponse, ['controller']),
  api(ListConfigResourcesRequest, ListConfigResourcesResponse, ['broker']),
  api(DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse, ['broker']),
  api(ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse, ['broker']),
  api(ShareGroupDescribeRequest, ShareGroupDescribeResponse, ['broker']),
  api(ShareFetchRequest, ShareFetchResponse, ['broker']),
  api(ShareAcknowledgeRequest, ShareAcknowledgeResponse, ['broker']),
  api(AddRaftVoterRequest, AddRaftVoterResponse, ['controller', 'broker']),
  api(RemoveRaftVoterRequest, RemoveRaftVoterResponse, ['controller', 'broker']),
  api(UpdateRaftVoterRequest, UpdateRaftVoterResponse, ['controller']),
  api(InitializeShareGroupStateRequest, InitializeShareGroupStateResponse, ['broker']),
  api(ReadShareGroupStateRequest, ReadShareGroupStateResponse, ['broker']),
  api(WriteShareGroupStateRequest, WriteShareGroupStateResponse, ['broker']),
  api(DeleteShareGroupStateRequest, DeleteShareGroupStateResponse, ['broker']),
  api(ReadShareGroupStateSummaryRequest, ReadShareGroupStateSummaryResponse, ['broker']),
  api(StreamsGroupHeartbeatRequest, StreamsGroupHeartbeatResponse, ['broker']),
  api(StreamsGroupDescribeRequest, StreamsGroupDescribeResponse, ['broker']),
  api(DescribeShareGroupOffsetsRequest, DescribeShareGroupOffsetsResponse, ['broker']),
  api(AlterShareGroupOffsetsRequest, AlterShareGroupOffsetsResponse, ['broker']),
  api(DeleteShareGroupOffsetsRequest, DeleteShareGroupOffsetsResponse, ['broker']),
];

export const apis: ReadonlyMap<number, Api> = new Map(all.map((api) => [api.apiKey, api]));
