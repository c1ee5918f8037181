import { boolean, int, long, string } from './definition.ts';

/** Replication between brokers, balance of leaders, and the quotas on both. */
export const replicationConfigs = {
  'num.replica.fetchers': int({
    default: 1,
    min: 1,
    scope: 'cluster-wide',
    doc: 'Connections per source broker over which followers fetch.',
  }),
  'replica.fetch.min.bytes': int({ default: 1, doc: "Bytes a follower's fetch waits for." }),
  'replica.fetch.wait.max.ms': int({
    default: 500,
    doc: "How long a follower's fetch waits for them; less than replica.lag.time.max.ms.",
  }),
  'replica.fetch.max.bytes': int({
    default: 1048576,
    min: 0,
    doc: 'Bytes a follower asks for per partition; one batch is always returned whole.',
  }),
  'replica.fetch.response.max.bytes': int({
    default: 10485760,
    min: 0,
    doc: 'Bytes a follower asks for in all; one batch is always returned whole.',
  }),
  'replica.fetch.backoff.ms': int({ default: 1000, min: 0, doc: 'Pause of a follower after a failed fetch.' }),
  'replica.lag.time.max.ms': long({
    default: 30000,
    doc: 'A follower that has not caught up for this long leaves the ISR.',
  }),
  'replica.high.watermark.checkpoint.interval.ms': long({
    default: 5000,
    doc: 'How often high watermarks are written down.',
  }),
  'replica.socket.timeout.ms': int({
    default: 30000,
    doc: 'Socket timeout of followers; at least replica.fetch.wait.max.ms.',
  }),
  'replica.socket.receive.buffer.bytes': int({ default: 65536, doc: "Receive buffer of followers' sockets." }),
  'replica.selector.class': string({
    default: null,
    doc: 'A Java class that chooses the replica a consumer should read from; the leader unless set.',
  }),
  'follower.fetch.last.tiered.offset.enable': boolean({
    default: false,
    scope: 'cluster-wide',
    doc: 'Let an empty follower start behind the records that are in tiered storage.',
  }),
  'auto.leader.rebalance.enable': boolean({
    default: true,
    doc: 'Give leadership back to the preferred replicas from time to time.',
  }),
  'leader.imbalance.check.interval.seconds': long({ default: 300, min: 1, doc: 'How often the controller does so.' }),
  'replication.quota.window.num': int({ default: 11, min: 1, doc: 'Samples kept for replication quotas.' }),
  'replication.quota.window.size.seconds': int({
    default: 1,
    min: 1,
    doc: 'Length of a sample for replication quotas.',
  }),
  'alter.log.dirs.replication.quota.window.num': int({
    default: 11,
    min: 1,
    doc: 'Samples kept for quotas on moves between log directories.',
  }),
  'alter.log.dirs.replication.quota.window.size.seconds': int({
    default: 1,
    min: 1,
    doc: 'Length of a sample for quotas on moves between log directories.',
  }),
  'leader.replication.throttled.rate': long({
    default: null,
    min: 0,
    scope: 'cluster-wide',
    internal: true,
    doc: 'Bytes per second that leaders send to throttled replicas; no limit unless set.',
  }),
  'follower.replication.throttled.rate': long({
    default: null,
    min: 0,
    scope: 'cluster-wide',
    internal: true,
    doc: 'Bytes per second that throttled followers fetch; no limit unless set.',
  }),
  'replica.alter.log.dirs.io.max.bytes.per.second': long({
    default: null,
    min: 0,
    scope: 'cluster-wide',
    internal: true,
    obeyed: true,
    doc: 'Bytes per second copied between log directories; no limit unless set.',
  }),
};
