import { int, list, short, string } from './definition.ts';

/** Share groups (KIP-932) and the coordinator that keeps their state. */
export const shareGroupsConfigs = {
  'group.share.assignors': list({
    default: ['simple'],
    nonEmpty: true,
    doc: 'The assignor of share groups; exactly one.',
  }),
  'group.share.max.size': int({ default: 200, min: 1, max: 1000, doc: 'Most members of a share group.' }),
  'group.share.max.share.sessions': int({ default: 2000, min: 1, doc: 'Most share sessions on this broker.' }),
  'group.share.persister.class.name': string({
    default: 'org.apache.kafka.server.share.persister.DefaultStatePersister',
    internal: true,
    doc: 'A Java class that keeps the state of share groups.',
  }),
  'group.share.initialize.retry.interval.ms': int({
    default: 30000,
    min: 1,
    internal: true,
    doc: 'Pause before the state of a share partition is initialized again after a failure.',
  }),
  'group.share.delivery.count.limit': int({
    default: 5,
    min: 2,
    max: 10,
    doc: 'How often a record is delivered at most, unless the group says otherwise.',
  }),
  'group.share.min.delivery.count.limit': int({
    default: 2,
    min: 2,
    max: 5,
    doc: 'Smallest delivery limit a share group may be given.',
  }),
  'group.share.max.delivery.count.limit': int({
    default: 10,
    min: 5,
    max: 25,
    doc: 'Largest delivery limit a share group may be given.',
  }),
  'group.share.partition.max.record.locks': int({
    default: 2000,
    min: 100,
    max: 10000,
    doc: 'Most records of a share partition in flight at once, unless the group says otherwise.',
  }),
  'group.share.min.partition.max.record.locks': int({
    default: 100,
    min: 100,
    max: 2000,
    doc: 'Smallest number of records in flight a share group may be given.',
  }),
  'group.share.max.partition.max.record.locks': int({
    default: 4000,
    min: 2000,
    max: 10000,
    doc: 'Largest number of records in flight a share group may be given.',
  }),
  'group.share.record.lock.duration.ms': int({
    default: 30000,
    min: 1000,
    max: 3600000,
    doc: 'How long a record stays locked for the consumer that took it, unless the group says otherwise.',
  }),
  'group.share.min.record.lock.duration.ms': int({
    default: 15000,
    min: 1000,
    max: 30000,
    doc: 'Smallest lock duration a share group may be given.',
  }),
  'group.share.max.record.lock.duration.ms': int({
    default: 60000,
    min: 30000,
    max: 3600000,
    doc: 'Largest lock duration a share group may be given.',
  }),
  'group.share.session.timeout.ms': int({
    default: 45000,
    min: 1,
    doc: 'A share group member silent for this long is removed, unless the group says otherwise.',
  }),
  'group.share.min.session.timeout.ms': int({
    default: 45000,
    min: 1,
    doc: 'Smallest session timeout a share group may be given.',
  }),
  'group.share.max.session.timeout.ms': int({
    default: 60000,
    min: 1,
    doc: 'Largest session timeout a share group may be given.',
  }),
  'group.share.heartbeat.interval.ms': int({
    default: 5000,
    min: 1,
    doc: 'Heartbeat interval told to share group members, unless the group says otherwise.',
  }),
  'group.share.min.heartbeat.interval.ms': int({
    default: 5000,
    min: 1,
    doc: 'Smallest heartbeat interval a share group may be given.',
  }),
  'group.share.max.heartbeat.interval.ms': int({
    default: 15000,
    min: 1,
    doc: 'Largest heartbeat interval a share group may be given.',
  }),
  'group.share.assignment.interval.ms': int({
    default: 1000,
    min: 0,
    scope: 'cluster-wide',
    doc: 'Least time between two assignments of a share group, unless the group says otherwise.',
  }),
  'group.share.min.assignment.interval.ms': int({
    default: 0,
    min: 0,
    doc: 'Smallest assignment interval a share group may be given.',
  }),
  'group.share.max.assignment.interval.ms': int({
    default: 15000,
    min: 0,
    doc: 'Largest assignment interval a share group may be given.',
  }),
  'share.fetch.purgatory.purge.interval.requests': int({
    default: 1000,
    doc: 'Waiting share fetches that must complete before the list of them is swept.',
  }),
  'share.coordinator.threads': int({ default: 1, min: 1, doc: 'Threads of the share coordinator.' }),
  'share.coordinator.append.linger.ms': int({
    default: -1,
    min: -1,
    doc: 'How long the share coordinator gathers records before it writes them; -1 adapts.',
  }),
  'share.coordinator.cached.buffer.max.bytes': int({
    default: 1048588,
    min: 524288,
    scope: 'cluster-wide',
    doc: 'Largest write buffer the share coordinator keeps for use again.',
  }),
  'share.coordinator.load.buffer.size': int({
    default: 5242880,
    min: 1,
    doc: 'Bytes read at a time when share state is loaded; one batch is always read whole.',
  }),
  'share.coordinator.write.timeout.ms': int({
    default: 5000,
    min: 1,
    doc: 'How long a write of share state may wait for its replicas.',
  }),
  'share.coordinator.snapshot.update.records.per.snapshot': int({
    default: 500,
    min: 0,
    max: 500,
    doc: 'Updates written between two snapshots of a share partition.',
  }),
  'share.coordinator.cold.partition.snapshot.interval.ms': int({
    default: 300000,
    min: 1,
    internal: true,
    doc: 'How often a share partition without changes is written as a snapshot nevertheless.',
  }),
  'share.coordinator.state.topic.num.partitions': int({
    default: 50,
    min: 1,
    doc: 'Partitions of __share_group_state; not to be changed later.',
  }),
  'share.coordinator.state.topic.replication.factor': short({
    default: 3,
    min: 1,
    doc: 'Replicas of __share_group_state.',
  }),
  'share.coordinator.state.topic.min.isr': short({
    default: 2,
    min: 1,
    doc: 'min.insync.replicas of __share_group_state.',
  }),
  'share.coordinator.state.topic.segment.bytes': int({
    default: 104857600,
    min: 1,
    doc: 'Segment size of __share_group_state.',
  }),
  'share.coordinator.state.topic.compression.codec': int({
    default: 0,
    doc: 'Number of the codec that compresses __share_group_state; 0 means none.',
  }),
  'share.coordinator.state.topic.prune.interval.ms': int({
    default: 300000,
    min: 1,
    internal: true,
    doc: 'How often records of __share_group_state that nobody needs are removed.',
  }),
};
