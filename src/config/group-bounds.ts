/** Between which broker configs a group's own value must lie; the broker's `group.…` of the same name must too. */
export const groupBounds = [
  {
    name: 'consumer.session.timeout.ms',
    min: 'group.consumer.min.session.timeout.ms',
    max: 'group.consumer.max.session.timeout.ms',
  },
  {
    name: 'consumer.heartbeat.interval.ms',
    min: 'group.consumer.min.heartbeat.interval.ms',
    max: 'group.consumer.max.heartbeat.interval.ms',
  },
  {
    name: 'consumer.assignment.interval.ms',
    min: 'group.consumer.min.assignment.interval.ms',
    max: 'group.consumer.max.assignment.interval.ms',
  },
  {
    name: 'share.session.timeout.ms',
    min: 'group.share.min.session.timeout.ms',
    max: 'group.share.max.session.timeout.ms',
  },
  {
    name: 'share.heartbeat.interval.ms',
    min: 'group.share.min.heartbeat.interval.ms',
    max: 'group.share.max.heartbeat.interval.ms',
  },
  {
    name: 'share.assignment.interval.ms',
    min: 'group.share.min.assignment.interval.ms',
    max: 'group.share.max.assignment.interval.ms',
  },
  {
    name: 'share.record.lock.duration.ms',
    min: 'group.share.min.record.lock.duration.ms',
    max: 'group.share.max.record.lock.duration.ms',
  },
  {
    name: 'share.delivery.count.limit',
    min: 'group.share.min.delivery.count.limit',
    max: 'group.share.max.delivery.count.limit',
  },
  {
    name: 'share.partition.max.record.locks',
    min: 'group.share.min.partition.max.record.locks',
    max: 'group.share.max.partition.max.record.locks',
  },
  {
    name: 'streams.session.timeout.ms',
    min: 'group.streams.min.session.timeout.ms',
    max: 'group.streams.max.session.timeout.ms',
  },
  {
    name: 'streams.heartbeat.interval.ms',
    min: 'group.streams.min.heartbeat.interval.ms',
    max: 'group.streams.max.heartbeat.interval.ms',
  },
  {
    name: 'streams.assignment.interval.ms',
    min: 'group.streams.min.assignment.interval.ms',
    max: 'group.streams.max.assignment.interval.ms',
  },
  { name: 'streams.num.standby.replicas', min: undefined, max: 'group.streams.max.standby.replicas' },
] as const;

/** A member must be able to miss a heartbeat: its session lasts longer than the pause between two. */
export const groupTimings = [
  { session: 'consumer.session.timeout.ms', heartbeat: 'consumer.heartbeat.interval.ms' },
  { session: 'share.session.timeout.ms', heartbeat: 'share.heartbeat.interval.ms' },
  { session: 'streams.session.timeout.ms', heartbeat: 'streams.heartbeat.interval.ms' },
] as const;
