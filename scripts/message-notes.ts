/** What each message is for, in our own words, and which file it goes into: kept here, so transcribing anew keeps it. */

/** By API: a request and its response share a file. */
export const apis: Readonly<Record<string, string>> = {
  Produce: 'Appends record batches to partitions. With acks=0 there is no response.',
  Fetch:
    'Reads record batches from partitions, for consumers and for follower replicas alike; fetch sessions (KIP-227) let ' +
    'a reader name only what changed.',
  ListOffsets:
    'Finds offsets by timestamp, or by the special timestamps for the start, the end and the like of a partition.',
  Metadata: 'Tells a client the brokers, the topics, and who leads which partition. May create topics on the way.',
  OffsetCommit: 'Stores the offsets up to which a group has consumed.',
  OffsetFetch: 'Reads back the offsets that groups have committed.',
  FindCoordinator: 'Says which broker coordinates a group, a transactional id or a share partition.',
  JoinGroup: 'Enters a classic group; the answer comes when the rebalance has gathered all members.',
  Heartbeat: 'Keeps a member of a classic group alive, and tells it when to rejoin.',
  LeaveGroup: 'Takes members out of a classic group, without waiting for their sessions to time out.',
  SyncGroup: 'Hands in the assignment that the leader of a classic group made, and hands out to each member its part.',
  DescribeGroups: 'Shows the state, members and assignments of classic groups.',
  ListGroups: 'Lists the groups that this broker coordinates.',
  SaslHandshake: 'Chooses the SASL mechanism of a connection.',
  ApiVersions:
    "Asks which APIs and versions the broker speaks, and which features are finalized: a client's first words.",
  CreateTopics: 'Creates topics, with partition counts or explicit replica assignments, and configs.',
  DeleteTopics: 'Deletes topics, by name or by id.',
  DeleteRecords: 'Moves the log start offset of partitions forward, so that earlier records are gone.',
  InitProducerId:
    'Gives out a producer id and epoch; for a transactional id it also fences the previous producer and ends what it ' +
    'left open.',
  OffsetForLeaderEpoch: 'Says where a leader epoch ended, so that a follower or consumer can see where logs diverge.',
  AddPartitionsToTxn:
    'Makes partitions part of a transaction before they are written to; from version 4 on for brokers, which add or ' +
    'verify on behalf of clients (KIP-890).',
  AddOffsetsToTxn: "Makes a group's offsets partition part of a transaction.",
  EndTxn: 'Commits or aborts a transaction.',
  WriteTxnMarkers: 'Sent by the transaction coordinator to partition leaders: writes the commit or abort markers.',
  TxnOffsetCommit: "Stores a group's offsets as part of a transaction: they count once it commits.",
  DescribeAcls: 'Lists the ACLs that match a filter.',
  CreateAcls: 'Adds ACLs.',
  DeleteAcls: 'Removes the ACLs that match filters.',
  DescribeConfigs: 'Shows the configs of topics, brokers, groups and client metrics, with where each value comes from.',
  AlterConfigs: 'Replaces all configs of a resource; IncrementalAlterConfigs changes single ones.',
  AlterReplicaLogDirs: 'Moves replicas of a broker to other log directories.',
  DescribeLogDirs: 'Shows the log directories of a broker and the replicas in them, with sizes.',
  SaslAuthenticate: 'Carries the tokens of the SASL mechanism that was chosen by SaslHandshake.',
  CreatePartitions: 'Raises the partition counts of topics.',
  CreateDelegationToken: 'Issues a delegation token: a lightweight secret that stands in for its owner.',
  RenewDelegationToken: 'Prolongs a delegation token, up to its maximum life time.',
  ExpireDelegationToken: "Sets a delegation token's end, now or later.",
  DescribeDelegationToken: 'Lists delegation tokens by owner.',
  DeleteGroups: 'Deletes groups that have no members, with their offsets.',
  ElectLeaders: 'Elects the preferred, or an unclean, leader of partitions.',
  IncrementalAlterConfigs: 'Sets, deletes, appends to or subtracts from single configs.',
  AlterPartitionReassignments: 'Starts, changes or cancels the move of partitions to other replicas.',
  ListPartitionReassignments: 'Shows the reassignments that are under way.',
  OffsetDelete: 'Deletes the committed offsets of a group for topics it no longer subscribes to.',
  DescribeClientQuotas: 'Shows the quotas of users, client ids and addresses that match a filter.',
  AlterClientQuotas: 'Sets or removes quotas of users, client ids and addresses.',
  DescribeUserScramCredentials: 'Shows which SCRAM mechanisms users have credentials for; never the credentials.',
  AlterUserScramCredentials: 'Sets or deletes the SCRAM credentials of users.',
  Vote: 'Asks the voters of the metadata quorum for their votes, or (KIP-996) whether they would give them.',
  BeginQuorumEpoch: 'A new quorum leader announces itself to the voters.',
  EndQuorumEpoch: 'A resigning quorum leader asks the voters to elect another.',
  DescribeQuorum: 'Shows leader, voters and observers of the metadata quorum, and how far each has replicated.',
  AlterPartition: 'A partition leader asks the controller for a change of the ISR.',
  UpdateFeatures: 'Raises or lowers finalized feature levels, such as metadata.version.',
  Envelope: "Wraps a client's request that a broker forwards to the controller, with the client's principal.",
  FetchSnapshot: 'Reads a piece of a metadata snapshot, for a replica too far behind to read the log.',
  DescribeCluster: 'Shows the cluster id, the brokers (or controllers) and who is the controller.',
  DescribeProducers: 'Shows the producers that are active on partitions, with sequences and open transactions.',
  BrokerRegistration: 'A broker introduces itself to the controller: endpoints, features, log directories.',
  BrokerHeartbeat: 'A broker tells the controller that it lives; the answer says whether it is fenced or may stop.',
  UnregisterBroker: 'Removes a stopped broker from the cluster for good.',
  DescribeTransactions: 'Shows the state of transactions by transactional id.',
  ListTransactions: 'Lists the transactions that this broker coordinates, filtered by state, producer, age or name.',
  AllocateProducerIds: 'A broker asks the controller for the next block of producer ids.',
  ConsumerGroupHeartbeat:
    'The one request of the consumer protocol (KIP-848): joins, leaves, reports what is owned and is told what to own.',
  ConsumerGroupDescribe: 'Shows the epochs, members and assignments of consumer groups (KIP-848).',
  ControllerRegistration: 'A controller introduces itself to the active controller.',
  GetTelemetrySubscriptions: 'A client asks which metrics the broker would like pushed (KIP-714).',
  PushTelemetry: 'A client pushes the metrics that it was asked for (KIP-714).',
  AssignReplicasToDirs: 'A broker tells the controller which log directory each replica lives in (KIP-858).',
  ListConfigResources: 'Lists the resources that can carry configs, such as groups and client metrics subscriptions.',
  DescribeTopicPartitions: 'Shows partitions topic by topic, page by page behind a cursor (KIP-966).',
  ShareGroupHeartbeat: 'Joins, stays in or leaves a share group, and is told which partitions to read (KIP-932).',
  ShareGroupDescribe: 'Shows the epochs, members and assignments of share groups.',
  ShareFetch: 'Acquires records of share partitions, and may acknowledge earlier ones on the way.',
  ShareAcknowledge: 'Accepts, releases or rejects records acquired by ShareFetch.',
  AddRaftVoter: 'Adds a voter to the metadata quorum (KIP-853).',
  RemoveRaftVoter: 'Removes a voter from the metadata quorum (KIP-853).',
  UpdateRaftVoter: 'A voter of the metadata quorum reports changed endpoints or KRaft versions (KIP-853).',
  InitializeShareGroupState: 'Starts the persistent state of share partitions at an offset; between brokers.',
  ReadShareGroupState: 'Reads the persistent state of share partitions; between brokers.',
  WriteShareGroupState: 'Writes delivery states of share partitions; between brokers.',
  DeleteShareGroupState: 'Deletes the persistent state of share partitions; between brokers.',
  ReadShareGroupStateSummary: 'Reads only the start offsets and epochs of share partitions; between brokers.',
  StreamsGroupHeartbeat:
    'Joins, stays in or leaves a streams group; sends the topology and is told which tasks to run (KIP-1071).',
  StreamsGroupDescribe: 'Shows the topology, epochs, members and tasks of streams groups.',
  DescribeShareGroupOffsets: 'Shows where share groups start reading each partition.',
  AlterShareGroupOffsets: 'Moves the start offsets of an empty share group.',
  DeleteShareGroupOffsets: 'Deletes the start offsets of an empty share group, topic by topic.',
};

/** Everything else: files by path, with the messages of each in order. */
export const files: Readonly<
  Record<string, { about: string; messages: Readonly<Record<string, string | undefined>> }>
> = {
  'request-header': {
    about:
      'What opens every request. Version 2 is for flexible requests; its client id stays as it was in version 1, so ' +
      'that a broker can read the header of an ApiVersions request from the future.',
    messages: { RequestHeader: undefined },
  },
  'response-header': {
    about: 'What opens every response. Version 1 is for flexible responses, though never for ApiVersions.',
    messages: { ResponseHeader: undefined },
  },
  'consumer-protocol': {
    about:
      'What consumers of a classic group tell each other through the broker, in JoinGroup and SyncGroup. The bytes ' +
      'are preceded by their version as an int16.',
    messages: {
      ConsumerProtocolSubscription: 'What a member wants, and what it still owns.',
      ConsumerProtocolAssignment: 'What the leader of the group gives to a member.',
    },
  },
  principal: {
    about:
      "A principal as Kafka's default builder writes it: in the Envelope of a forwarded request, after its version " +
      'as an int16.',
    messages: { DefaultPrincipalData: undefined },
  },
  'logs/control-records': {
    about:
      'Control records: what control batches hold in place of user records. Each key is a ControlRecordTypeSchema after ' +
      'its version as an int16.',
    messages: {
      ControlRecordTypeSchema: 'The key: 0 abort, 1 commit, 2 leader change, 3 and 4 snapshot, 5 and 6 KRaft.',
      EndTxnMarker: 'The value of a transaction marker, commit or abort.',
      LeaderChangeMessage: 'First in each epoch of the metadata log: who leads, and who voted.',
      SnapshotHeaderRecord: 'First in a metadata snapshot.',
      SnapshotFooterRecord: 'Last in a metadata snapshot.',
      KRaftVersionRecord: 'The level of kraft.version from here on.',
      VotersRecord: 'The voters of the metadata quorum from here on, with endpoints.',
    },
  },
  'logs/quorum-state': {
    about: "A voter's memory of epochs and votes. The file quorum-state holds it as JSON.",
    messages: { QuorumStateData: undefined },
  },
  'logs/producer-snapshot': {
    about: "The state of a partition's producers at an offset: the content of a .snapshot file of the log.",
    messages: { ProducerSnapshot: undefined },
  },
  'logs/offset-commit-records': {
    about: 'Committed offsets in __consumer_offsets: one key per group and partition.',
    messages: {
      LegacyOffsetCommitKey: 'As the first brokers wrote it; read like OffsetCommitKey.',
      LegacyOffsetCommitValue: 'As the first brokers wrote it.',
      OffsetCommitKey: 'Group, topic and partition.',
      OffsetCommitValue: 'The offset committed; a tombstone deletes it.',
    },
  },
  'logs/classic-group-records': {
    about: 'Classic groups in __consumer_offsets: one record holds a whole generation.',
    messages: {
      GroupMetadataKey: 'The group.',
      GroupMetadataValue: 'Its generation, leader and members with subscriptions and assignments.',
    },
  },
  'logs/consumer-group-records': {
    about:
      'Consumer groups (KIP-848) in __consumer_offsets: the group, its members, its target and current assignment.',
    messages: {
      ConsumerGroupMetadataKey: 'The group.',
      ConsumerGroupMetadataValue: 'Its epoch, and a hash of the metadata of the topics it reads.',
      ConsumerGroupPartitionMetadataKey: 'The group; no longer written.',
      ConsumerGroupPartitionMetadataValue: 'Partition counts and racks of its topics; no longer written.',
      ConsumerGroupMemberMetadataKey: 'Group and member.',
      ConsumerGroupMemberMetadataValue: 'What the member told of itself and what it subscribes to.',
      ConsumerGroupTargetAssignmentMetadataKey: 'The group.',
      ConsumerGroupTargetAssignmentMetadataValue: 'The epoch for which the target assignment was made.',
      ConsumerGroupTargetAssignmentMemberKey: 'Group and member.',
      ConsumerGroupTargetAssignmentMemberValue: 'The partitions that the member shall own.',
      ConsumerGroupCurrentMemberAssignmentKey: 'Group and member.',
      ConsumerGroupCurrentMemberAssignmentValue: 'The partitions that it owns, and those that it has yet to revoke.',
      ConsumerGroupRegularExpressionKey: 'Group and regular expression.',
      ConsumerGroupRegularExpressionValue: 'The topics that the expression matched, and when.',
    },
  },
  'logs/share-group-records': {
    about: 'Share groups (KIP-932) in __consumer_offsets.',
    messages: {
      ShareGroupMemberMetadataKey: 'Group and member.',
      ShareGroupMemberMetadataValue: 'What the member told of itself and the topics it subscribes to.',
      ShareGroupMetadataKey: 'The group.',
      ShareGroupMetadataValue: 'Its epoch, and a hash of the metadata of the topics it reads.',
      ShareGroupTargetAssignmentMetadataKey: 'The group.',
      ShareGroupTargetAssignmentMetadataValue: 'The epoch for which the target assignment was made.',
      ShareGroupTargetAssignmentMemberKey: 'Group and member.',
      ShareGroupTargetAssignmentMemberValue: 'The partitions that the member shall read.',
      ShareGroupCurrentMemberAssignmentKey: 'Group and member.',
      ShareGroupCurrentMemberAssignmentValue: 'The partitions that the member reads now, and its epochs.',
      ShareGroupStatePartitionMetadataKey: 'The group.',
      ShareGroupStatePartitionMetadataValue: 'Which share partitions have state, are getting it, or are losing it.',
    },
  },
  'logs/streams-group-records': {
    about: 'Streams groups (KIP-1071) in __consumer_offsets.',
    messages: {
      StreamsGroupMetadataKey: 'The group.',
      StreamsGroupMetadataValue: 'Its epoch, and what the last assignment was made with.',
      StreamsGroupMemberMetadataKey: 'Group and member.',
      StreamsGroupMemberMetadataValue: 'What the member told of itself: process, endpoint, tags.',
      StreamsGroupTargetAssignmentMetadataKey: 'The group.',
      StreamsGroupTargetAssignmentMetadataValue: 'The epoch for which the target assignment was made.',
      StreamsGroupTargetAssignmentMemberKey: 'Group and member.',
      StreamsGroupTargetAssignmentMemberValue: 'The tasks that the member shall run.',
      StreamsGroupCurrentMemberAssignmentKey: 'Group and member.',
      StreamsGroupCurrentMemberAssignmentValue: 'The tasks that it runs, and those that it has yet to give up.',
      StreamsGroupTopologyKey: 'The group.',
      StreamsGroupTopologyValue: 'The subtopologies with their source, sink and internal topics.',
    },
  },
  'logs/transaction-records': {
    about: 'Transactions in __transaction_state: one key per transactional id.',
    messages: {
      TransactionLogKey: 'The transactional id.',
      TransactionLogValue: 'Its producer, its state and the partitions of its transaction; a tombstone forgets it.',
    },
  },
  'logs/share-state-records': {
    about: 'Delivery states of share partitions in __share_group_state: snapshots, and updates on top of them.',
    messages: {
      ShareSnapshotKey: 'Group, topic id and partition.',
      ShareSnapshotValue: 'The whole state of the share partition.',
      ShareUpdateKey: 'Group, topic id and partition.',
      ShareUpdateValue: 'What changed since the snapshot of the same epoch.',
    },
  },
  'logs/topic-records': {
    about: 'Topics and partitions in __cluster_metadata.',
    messages: {
      TopicRecord: 'A topic comes to be, under an id that is never used again.',
      RemoveTopicRecord: 'A topic and its partitions are gone.',
      PartitionRecord: 'A partition, whole: replicas, ISR, leader and epochs.',
      PartitionChangeRecord: 'What changed of a partition; a field left at its default did not.',
      ClearElrRecord: 'Forgets the eligible leader replicas of a topic, or of all.',
    },
  },
  'logs/broker-records': {
    about: 'Brokers and controllers in __cluster_metadata.',
    messages: {
      RegisterBrokerRecord: 'A broker registered, under a new broker epoch.',
      UnregisterBrokerRecord: 'A broker was removed for good.',
      FenceBrokerRecord: 'A broker is fenced: written by old metadata versions, before BrokerRegistrationChangeRecord.',
      UnfenceBrokerRecord: 'A broker is unfenced: written by old metadata versions.',
      BrokerRegistrationChangeRecord: 'A broker was fenced or unfenced, shuts down, or changed its log directories.',
      RegisterControllerRecord: 'A controller registered.',
    },
  },
  'logs/config-records': {
    about: 'Configs, quotas and feature levels in __cluster_metadata.',
    messages: {
      ConfigRecord: 'A config of a resource is set, or with a null value removed.',
      ClientQuotaRecord: 'A quota of a user, client id or address is set or removed.',
      FeatureLevelRecord: 'A feature is finalized at a level.',
    },
  },
  'logs/security-records': {
    about: 'ACLs, SCRAM credentials and delegation tokens in __cluster_metadata.',
    messages: {
      AccessControlEntryRecord: 'An ACL is added.',
      RemoveAccessControlEntryRecord: 'An ACL is removed.',
      UserScramCredentialRecord: "A user's credential for a SCRAM mechanism is set.",
      RemoveUserScramCredentialRecord: "A user's credential for a SCRAM mechanism is removed.",
      DelegationTokenRecord: 'A delegation token is issued or prolonged.',
      RemoveDelegationTokenRecord: 'A delegation token is removed.',
    },
  },
  'logs/controller-records': {
    about: 'What the controller notes for itself in __cluster_metadata.',
    messages: {
      NoOpRecord: 'Nothing, regularly: it moves the high watermark on, so that a lagging replica shows.',
      ProducerIdsRecord: 'A block of producer ids was given to a broker.',
      BeginTransactionRecord: 'What follows counts once its transaction ends (KIP-868).',
      EndTransactionRecord: 'The open metadata transaction counts.',
      AbortTransactionRecord: 'The open metadata transaction never happened.',
      ZkMigrationStateRecord: 'How far a migration from ZooKeeper has come; 0 where there was none.',
    },
  },
};

/** Definitions in Kafka's jars that are none of a broker's business here, with why. */
export const leftOut: Readonly<Record<string, string>> = {
  SubscriptionInfoData: 'Kafka Streams clients among themselves; a broker passes it on as bytes',
  RemoteLogSegmentMetadataRecord: 'tiered storage, which we do not have',
  RemoteLogSegmentMetadataUpdateRecord: 'tiered storage',
  RemoteLogSegmentMetadataSnapshotRecord: 'tiered storage',
  RemotePartitionDeleteMetadataRecord: 'tiered storage',
};
