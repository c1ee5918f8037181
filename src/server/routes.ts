import type { Clock, LogLevels } from '../base/index.ts';
import type { BrokerConfig } from '../config/index.ts';
import { GROUP_VERSION, SERVED_FEATURES, type ClusterMetadata, type MetadataImage } from '../metadata/index.ts';
import type { Replicas } from '../replication/index.ts';
import type { LogDirectories } from '../storage/index.ts';
import type { MarkerChannel } from '../transactions/index.ts';
import { autoTopics } from './auto-topics.ts';
import type { BufferPool } from './buffer-pool.ts';
import type { ClientTelemetry } from './client-telemetry.ts';
import type { FetchSessions } from './fetch-sessions.ts';
import type { GroupCoordinator } from './group-coordinator.ts';
import { addOffsetsToTxn } from './handlers/add-offsets-to-txn.ts';
import { addPartitionsToTxn } from './handlers/add-partitions-to-txn.ts';
import { addRaftVoter } from './handlers/add-raft-voter.ts';
import { alterClientQuotas } from './handlers/alter-client-quotas.ts';
import { alterReplicaLogDirs } from './handlers/alter-replica-log-dirs.ts';
import { alterConfigs } from './handlers/alter-configs.ts';
import { alterPartitionReassignments } from './handlers/alter-partition-reassignments.ts';
import { alterUserScramCredentials } from './handlers/alter-user-scram-credentials.ts';
import { apiVersions } from './handlers/api-versions.ts';
import { createAcls } from './handlers/create-acls.ts';
import { consumerGroupDescribe } from './handlers/consumer-group-describe.ts';
import { consumerGroupHeartbeat } from './handlers/consumer-group-heartbeat.ts';
import { createPartitions } from './handlers/create-partitions.ts';
import { createTopics } from './handlers/create-topics.ts';
import { deleteAcls } from './handlers/delete-acls.ts';
import { deleteGroups } from './handlers/delete-groups.ts';
import { deleteRecords } from './handlers/delete-records.ts';
import { deleteTopics } from './handlers/delete-topics.ts';
import { describeAcls } from './handlers/describe-acls.ts';
import { describeClientQuotas } from './handlers/describe-client-quotas.ts';
import { describeCluster } from './handlers/describe-cluster.ts';
import { describeConfigs } from './handlers/describe-configs.ts';
import { describeGroups } from './handlers/describe-groups.ts';
import { describeLogDirs } from './handlers/describe-log-dirs.ts';
import { describeProducers } from './handlers/describe-producers.ts';
import { describeQuorum } from './handlers/describe-quorum.ts';
import { describeTopicPartitions } from './handlers/describe-topic-partitions.ts';
import { describeTransactions } from './handlers/describe-transactions.ts';
import { describeUserScramCredentials } from './handlers/describe-user-scram-credentials.ts';
import { electLeaders } from './handlers/elect-leaders.ts';
import { endTxn } from './handlers/end-txn.ts';
import { fetch } from './handlers/fetch.ts';
import { findCoordinator } from './handlers/find-coordinator.ts';
import { getTelemetrySubscriptions } from './handlers/get-telemetry-subscriptions.ts';
import { heartbeat } from './handlers/heartbeat.ts';
import { incrementalAlterConfigs } from './handlers/incremental-alter-configs.ts';
import { initProducerId } from './handlers/init-producer-id.ts';
import { joinGroup } from './handlers/join-group.ts';
import { leaveGroup } from './handlers/leave-group.ts';
import { listConfigResources } from './handlers/list-config-resources.ts';
import { listGroups } from './handlers/list-groups.ts';
import { listOffsets } from './handlers/list-offsets.ts';
import { listPartitionReassignments } from './handlers/list-partition-reassignments.ts';
import { listTransactions } from './handlers/list-transactions.ts';
import { metadata } from './handlers/metadata.ts';
import { offsetCommit } from './handlers/offset-commit.ts';
import { offsetDelete } from './handlers/offset-delete.ts';
import { offsetFetch } from './handlers/offset-fetch.ts';
import { offsetForLeaderEpoch } from './handlers/offset-for-leader-epoch.ts';
import { produce } from './handlers/produce.ts';
import { pushTelemetry } from './handlers/push-telemetry.ts';
import { removeRaftVoter } from './handlers/remove-raft-voter.ts';
import { syncGroup } from './handlers/sync-group.ts';
import { txnOffsetCommit } from './handlers/txn-offset-commit.ts';
import { unregisterBroker } from './handlers/unregister-broker.ts';
import { updateFeatures } from './handlers/update-features.ts';
import { writeTxnMarkers } from './handlers/write-txn-markers.ts';
import type { ProducerIdSource } from './producer-ids.ts';
import type { Route } from './route.ts';
import type { TransactionCoordinator } from './transaction-coordinator.ts';
import type { TransactionMembership } from './transaction-membership.ts';

/** What the handlers, taken together, need of the rooms below. */
export interface Rooms {
  readonly nodeId: number;
  readonly cluster: ClusterMetadata;
  readonly replicas: Replicas;
  readonly directories: LogDirectories;
  readonly groups: GroupCoordinator;
  readonly transactions: TransactionCoordinator;
  readonly membership: TransactionMembership;
  readonly markers: MarkerChannel;
  readonly sessions: FetchSessions;
  readonly pool: BufferPool;
  readonly producerIds: ProducerIdSource;
  readonly telemetry: ClientTelemetry;
  readonly clock: Clock;
  readonly levels: LogLevels;
  /** With the dynamic changes of this moment. */
  readonly config: () => BrokerConfig;
}

/** Every API that is served. ApiVersions tells clients exactly these. */
export function routes(rooms: Rooms): Route[] {
  const {
    cluster,
    replicas,
    directories,
    groups,
    transactions,
    membership,
    markers,
    sessions,
    pool,
    producerIds,
    telemetry,
    clock,
    levels,
    nodeId,
    config,
  } = rooms;
  const image = (): MetadataImage => cluster.image();
  const speaksConsumerProtocol = (): boolean =>
    (image().features.get(GROUP_VERSION) ?? 0) > 0 &&
    config().get('group.coordinator.rebalance.protocols').includes('consumer');
  const list: Route[] = [
    produce({ replicas, membership }),
    fetch({ replicas, sessions, pool, clock, nodeId, maxBytes: () => config().get('fetch.max.bytes') }),
    listOffsets({ replicas }),
    offsetForLeaderEpoch({ replicas }),
    deleteRecords({ replicas }),
    describeProducers({ replicas, image }),
    describeLogDirs({ replicas, directories }),
    alterReplicaLogDirs({ replicas }),
    metadata({
      nodeId,
      image,
      clock,
      autoTopics: autoTopics(cluster, () => config().get('auto.create.topics.enable')),
    }),
    describeCluster({ nodeId, image }),
    createTopics({ cluster }),
    deleteTopics({ cluster }),
    createPartitions({ cluster }),
    describeTopicPartitions({ image, maxPartitions: () => config().get('max.request.partition.size.limit') }),
    electLeaders({ cluster }),
    alterPartitionReassignments({ cluster }),
    listPartitionReassignments({ image }),
    describeQuorum({ nodeId, cluster, clock, config }),
    addRaftVoter({ image, config }),
    removeRaftVoter({ image }),
    updateFeatures({ cluster }),
    unregisterBroker({ cluster }),
    describeConfigs({ nodeId, image, config, levels, clock }),
    alterConfigs({ nodeId, cluster }),
    incrementalAlterConfigs({ nodeId, cluster, levels }),
    listConfigResources({ image }),
    describeClientQuotas({ image }),
    alterClientQuotas({ cluster }),
    describeUserScramCredentials({ image }),
    alterUserScramCredentials({ cluster }),
    describeAcls(),
    createAcls(),
    deleteAcls(),
    getTelemetrySubscriptions({ telemetry }),
    pushTelemetry({ telemetry }),
    initProducerId({ producerIds, transactions }),
    addPartitionsToTxn({ transactions, image }),
    addOffsetsToTxn({ transactions, groups }),
    txnOffsetCommit({ groups, replicas, membership, image }),
    endTxn({ transactions }),
    writeTxnMarkers({ markers }),
    describeTransactions({ transactions }),
    listTransactions({ transactions }),
    findCoordinator({ image, groups, transactions }),
    joinGroup({ groups }),
    syncGroup({ groups }),
    heartbeat({ groups }),
    leaveGroup({ groups }),
    consumerGroupHeartbeat({ groups, isEnabled: speaksConsumerProtocol }),
    consumerGroupDescribe({ groups, isEnabled: speaksConsumerProtocol }),
    offsetCommit({ groups, image }),
    offsetFetch({ groups, image }),
    offsetDelete({ groups, image }),
    listGroups({ groups }),
    describeGroups({ groups }),
    deleteGroups({ groups }),
    apiVersions({ routes: () => list, image, features: SERVED_FEATURES }),
  ];
  return list;
}
