import { int, list, long, short, string } from './definition.ts';

/** The assignors of consumer groups by all their names; property files may name Apache Kafka's own by class. */
export const consumerAssignors: ReadonlyMap<string, 'uniform' | 'range'> = new Map([
  ['uniform', 'uniform'],
  ['range', 'range'],
  ['org.apache.kafka.coordinator.group.assignor.UniformAssignor', 'uniform'],
  ['org.apache.kafka.coordinator.group.assignor.RangeAssignor', 'range'],
]);

/** Classic, consumer and streams groups, and the offsets they commit. */
export const groupsConfigs = {
  'group.coordinator.rebalance.protocols': list({
    default: ['classic', 'consumer', 'streams'],
    values: ['consumer', 'classic', 'share', 'streams'],
    nonEmpty: true,
    obeyed: true,
    doc: 'The group protocols this broker speaks; on its way out in Kafka.',
  }),
  'group.coordinator.threads': int({ default: 4, min: 1, doc: 'Threads of the group coordinator.' }),
  'group.coordinator.background.threads': int({
    default: 2,
    min: 1,
    doc: "Threads for the group coordinator's background work.",
  }),
  'group.coordinator.append.linger.ms': int({
    default: -1,
    min: -1,
    doc: 'How long the group coordinator gathers records before it writes them; -1 adapts.',
  }),
  'group.coordinator.cached.buffer.max.bytes': int({
    default: 1048588,
    min: 524288,
    scope: 'cluster-wide',
    doc: 'Largest write buffer the group coordinator keeps for use again.',
  }),
  'group.initial.rebalance.delay.ms': int({
    default: 3000,
    obeyed: true,
    doc: 'How long a new classic group waits for more members before its first rebalance.',
  }),
  'group.min.session.timeout.ms': int({
    default: 6000,
    obeyed: true,
    doc: 'Shortest session timeout a classic member may ask for.',
  }),
  'group.max.session.timeout.ms': int({
    default: 1800000,
    obeyed: true,
    doc: 'Longest session timeout a classic member may ask for.',
  }),
  'group.max.size': int({ default: 2147483647, min: 1, obeyed: true, doc: 'Most members of a classic group.' }),
  'offset.metadata.max.bytes': int({
    default: 4096,
    obeyed: true,
    doc: 'Longest metadata string committed with an offset.',
  }),
  'offsets.commit.timeout.ms': int({
    default: 5000,
    min: 1,
    doc: 'How long a commit of offsets may wait for its replicas.',
  }),
  'offsets.load.buffer.size': int({
    default: 5242880,
    min: 1,
    doc: 'Bytes read at a time when offsets are loaded; one batch is always read whole.',
  }),
  'offsets.retention.minutes': int({
    default: 10080,
    min: 1,
    obeyed: true,
    doc: 'How long the offsets of a group without members are kept.',
  }),
  'offsets.retention.check.interval.ms': long({
    default: 600000,
    min: 1,
    obeyed: true,
    doc: 'How often the broker looks for offsets to forget.',
  }),
  'offsets.topic.num.partitions': int({
    default: 50,
    min: 1,
    obeyed: true,
    doc: 'Partitions of __consumer_offsets; not to be changed later.',
  }),
  'offsets.topic.replication.factor': short({
    default: 3,
    min: 1,
    obeyed: true,
    doc: 'Replicas of __consumer_offsets.',
  }),
  'offsets.topic.segment.bytes': int({
    default: 104857600,
    min: 1,
    obeyed: true,
    doc: 'Segment size of __consumer_offsets; small helps compaction and loading.',
  }),
  'offsets.topic.compression.codec': int({
    default: 0,
    doc: 'Number of the codec that compresses __consumer_offsets; 0 means none.',
  }),
  'group.consumer.assignors': list({
    default: ['uniform', 'range'],
    nonEmpty: true,
    obeyed: true,
    doc: 'Assignors of consumer groups, the default one first.',
  }),
  'group.consumer.migration.policy': string({
    default: 'bidirectional',
    values: ['disabled', 'downgrade', 'upgrade', 'bidirectional'],
    anyCase: true,
    obeyed: true,
    doc: 'Which of the classic and consumer protocols a group with members may change to, and back.',
  }),
  'group.consumer.regex.refresh.interval.ms': int({
    default: 600000,
    min: 10000,
    internal: true,
    obeyed: true,
    doc: 'How often subscriptions by pattern are matched against the topics again.',
  }),
  'group.consumer.max.size': int({
    default: 2147483647,
    min: 1,
    obeyed: true,
    doc: 'Most members of a consumer group.',
  }),
  'group.consumer.session.timeout.ms': int({
    default: 45000,
    min: 1,
    obeyed: true,
    doc: 'A consumer group member silent for this long is removed, unless the group says otherwise.',
  }),
  'group.consumer.min.session.timeout.ms': int({
    default: 45000,
    min: 1,
    obeyed: true,
    doc: 'Smallest session timeout a consumer group may be given.',
  }),
  'group.consumer.max.session.timeout.ms': int({
    default: 60000,
    min: 1,
    obeyed: true,
    doc: 'Largest session timeout a consumer group may be given.',
  }),
  'group.consumer.heartbeat.interval.ms': int({
    default: 5000,
    min: 1,
    obeyed: true,
    doc: 'Heartbeat interval told to consumer group members, unless the group says otherwise.',
  }),
  'group.consumer.min.heartbeat.interval.ms': int({
    default: 5000,
    min: 1,
    obeyed: true,
    doc: 'Smallest heartbeat interval a consumer group may be given.',
  }),
  'group.consumer.max.heartbeat.interval.ms': int({
    default: 15000,
    min: 1,
    obeyed: true,
    doc: 'Largest heartbeat interval a consumer group may be given.',
  }),
  'group.consumer.assignment.interval.ms': int({
    default: 1000,
    min: 0,
    scope: 'cluster-wide',
    obeyed: true,
    doc: 'Least time between two assignments of a consumer group, unless the group says otherwise.',
  }),
  'group.consumer.min.assignment.interval.ms': int({
    default: 0,
    min: 0,
    obeyed: true,
    doc: 'Smallest assignment interval a consumer group may be given.',
  }),
  'group.consumer.max.assignment.interval.ms': int({
    default: 15000,
    min: 0,
    obeyed: true,
    doc: 'Largest assignment interval a consumer group may be given.',
  }),
  'group.streams.max.size': int({ default: 2147483647, min: 1, doc: 'Most members of a streams group.' }),
  'group.streams.initial.rebalance.delay.ms': int({
    default: 3000,
    min: 0,
    doc: 'How long a new streams group waits for more members before its first assignment.',
  }),
  'group.streams.session.timeout.ms': int({
    default: 45000,
    min: 1,
    doc: 'A streams group member silent for this long is removed, unless the group says otherwise.',
  }),
  'group.streams.min.session.timeout.ms': int({
    default: 45000,
    min: 1,
    doc: 'Smallest session timeout a streams group may be given.',
  }),
  'group.streams.max.session.timeout.ms': int({
    default: 60000,
    min: 1,
    doc: 'Largest session timeout a streams group may be given.',
  }),
  'group.streams.heartbeat.interval.ms': int({
    default: 5000,
    min: 1,
    doc: 'Heartbeat interval told to streams group members, unless the group says otherwise.',
  }),
  'group.streams.min.heartbeat.interval.ms': int({
    default: 5000,
    min: 1,
    doc: 'Smallest heartbeat interval a streams group may be given.',
  }),
  'group.streams.max.heartbeat.interval.ms': int({
    default: 15000,
    min: 1,
    doc: 'Largest heartbeat interval a streams group may be given.',
  }),
  'group.streams.assignment.interval.ms': int({
    default: 1000,
    min: 0,
    scope: 'cluster-wide',
    doc: 'Least time between two assignments of a streams group, unless the group says otherwise.',
  }),
  'group.streams.min.assignment.interval.ms': int({
    default: 0,
    min: 0,
    doc: 'Smallest assignment interval a streams group may be given.',
  }),
  'group.streams.max.assignment.interval.ms': int({
    default: 15000,
    min: 0,
    doc: 'Largest assignment interval a streams group may be given.',
  }),
  'group.streams.num.standby.replicas': int({
    default: 0,
    min: 0,
    doc: 'Standby replicas per task, unless the group says otherwise.',
  }),
  'group.streams.max.standby.replicas': int({
    default: 2,
    min: 0,
    doc: 'Most standby replicas a streams group may be given.',
  }),
};
