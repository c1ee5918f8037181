import { autoOffsetReset } from './checks.ts';
import { boolean, int, string } from './definition.ts';

/** What a group may say for itself; unsaid, the broker's synonym counts. */
export const groupTable = {
  'consumer.session.timeout.ms': int({
    default: 45000,
    min: 1,
    obeyed: true,
    doc: 'A consumer group member silent for this long is removed.',
  }),
  'consumer.heartbeat.interval.ms': int({
    default: 5000,
    min: 1,
    obeyed: true,
    doc: 'Heartbeat interval told to consumer group members.',
  }),
  'consumer.assignment.interval.ms': int({
    default: 1000,
    min: 0,
    obeyed: true,
    doc: 'Least time between two assignments of the consumer group.',
  }),
  'share.session.timeout.ms': int({
    default: 45000,
    min: 1,
    doc: 'A share group member silent for this long is removed.',
  }),
  'share.heartbeat.interval.ms': int({ default: 5000, min: 1, doc: 'Heartbeat interval told to share group members.' }),
  'share.assignment.interval.ms': int({
    default: 1000,
    min: 0,
    doc: 'Least time between two assignments of the share group.',
  }),
  'share.record.lock.duration.ms': int({
    default: 30000,
    min: 1000,
    doc: 'How long a record stays locked for the consumer that took it.',
  }),
  'share.delivery.count.limit': int({ default: 5, min: 2, doc: 'How often a record is delivered at most.' }),
  'share.partition.max.record.locks': int({
    default: 2000,
    min: 100,
    doc: 'Most records of a share partition in flight at once.',
  }),
  'share.auto.offset.reset': string({
    default: 'latest',
    check: autoOffsetReset,
    doc: 'Where a share group starts: latest, earliest, or by_duration:PnDTnHnMn.nS before now.',
  }),
  'share.isolation.level': string({
    default: 'read_uncommitted',
    values: ['read_committed', 'read_uncommitted'],
    doc: 'Whether records of open and aborted transactions are delivered.',
  }),
  'share.renew.acknowledge.enable': boolean({
    default: true,
    doc: 'Let consumers renew the lock on a record they hold.',
  }),
  'streams.session.timeout.ms': int({
    default: 45000,
    min: 1,
    doc: 'A streams group member silent for this long is removed.',
  }),
  'streams.heartbeat.interval.ms': int({
    default: 5000,
    min: 1,
    doc: 'Heartbeat interval told to streams group members.',
  }),
  'streams.assignment.interval.ms': int({
    default: 1000,
    min: 0,
    doc: 'Least time between two assignments of the streams group.',
  }),
  'streams.num.standby.replicas': int({ default: 0, min: 0, doc: 'Standby replicas per task.' }),
  'streams.initial.rebalance.delay.ms': int({
    default: 3000,
    min: 0,
    doc: 'How long a new streams group waits for more members before its first assignment.',
  }),
};
