import { throttledReplicas } from './checks.ts';
import { boolean, double, int, list, long, string } from './definition.ts';

/** What a topic may say for itself; unsaid, the broker's synonym counts. */
export const topicTable = {
  'cleanup.policy': list({
    default: ['delete'],
    values: ['compact', 'delete'],
    obeyed: true,
    doc: 'What happens to old segments: deleted, compacted, both, or (empty) neither.',
  }),
  'compression.type': string({
    default: 'producer',
    values: ['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'],
    obeyed: true,
    doc: 'How batches are compressed on disk: as the producer sent them, or with one codec, or not at all.',
  }),
  'compression.gzip.level': int({
    default: -1,
    min: 1,
    max: 9,
    or: -1,
    obeyed: true,
    doc: "Level for gzip: 1 to 9, or -1 for the library's own.",
  }),
  'compression.lz4.level': int({ default: 9, min: 1, max: 17, obeyed: true, doc: 'Level for lz4.' }),
  'compression.zstd.level': int({ default: 3, min: -131072, max: 22, obeyed: true, doc: 'Level for zstd.' }),
  'delete.retention.ms': long({
    default: 86400000,
    min: 0,
    obeyed: true,
    doc: 'How long compaction keeps tombstones and transaction markers.',
  }),
  'file.delete.delay.ms': long({
    default: 60000,
    min: 0,
    obeyed: true,
    doc: 'Pause between renaming a segment as deleted and removing it from the disk.',
  }),
  'flush.messages': long({
    default: 9223372036854775807n,
    min: 1,
    obeyed: true,
    doc: 'Records after which the partition is synced to disk.',
  }),
  'flush.ms': long({
    default: 9223372036854775807n,
    min: 0,
    obeyed: true,
    doc: 'Longest time a record waits to be synced to disk.',
  }),
  'follower.replication.throttled.replicas': list({
    default: [],
    verbatim: true,
    check: throttledReplicas,
    doc: "Replicas throttled on the follower's side, as partition:broker pairs, or * for all.",
  }),
  'leader.replication.throttled.replicas': list({
    default: [],
    verbatim: true,
    check: throttledReplicas,
    doc: "Replicas throttled on the leader's side, as partition:broker pairs, or * for all.",
  }),
  'index.interval.bytes': int({
    default: 4096,
    min: 0,
    obeyed: true,
    doc: 'Bytes of records between two entries of the offset index.',
  }),
  'internal.segment.bytes': int({
    default: null,
    internal: true,
    doc: 'For tests: segment size below the usual minimum.',
  }),
  'local.retention.bytes': long({
    default: -2,
    min: -2,
    doc: 'With tiered storage, local size beyond which old segments go; -2 means retention.bytes.',
  }),
  'local.retention.ms': long({
    default: -2,
    min: -2,
    doc: 'With tiered storage, how long records stay on the local disk; -2 means retention.ms.',
  }),
  'max.compaction.lag.ms': long({
    default: 9223372036854775807n,
    min: 1,
    obeyed: true,
    doc: 'Age by which a record must have become due for compaction.',
  }),
  'min.compaction.lag.ms': long({
    default: 0,
    min: 0,
    obeyed: true,
    doc: 'Youngest age at which a record may be compacted.',
  }),
  'max.message.bytes': int({
    default: 1048588,
    min: 0,
    obeyed: true,
    doc: 'Largest record batch accepted, as it is stored.',
  }),
  'message.timestamp.type': string({
    default: 'CreateTime',
    values: ['CreateTime', 'LogAppendTime'],
    obeyed: true,
    doc: "Whose time records carry: the producer's or that of the append.",
  }),
  'message.timestamp.before.max.ms': long({
    default: 9223372036854775807n,
    min: 0,
    obeyed: true,
    doc: "How far a record's timestamp may lie in the past; records older than that are refused.",
  }),
  'message.timestamp.after.max.ms': long({
    default: 3600000,
    min: 0,
    obeyed: true,
    doc: "How far a record's timestamp may lie in the future; records beyond that are refused.",
  }),
  'min.cleanable.dirty.ratio': double({
    default: 0.5,
    min: 0,
    max: 1,
    obeyed: true,
    doc: 'Share of the log not yet compacted from which compaction is worth it.',
  }),
  'min.insync.replicas': int({
    default: 1,
    min: 1,
    obeyed: true,
    doc: 'In-sync replicas needed for a write with acks=all.',
  }),
  preallocate: boolean({ default: false, doc: 'Give a new segment its full size on disk at once.' }),
  'remote.log.copy.disable': boolean({
    default: false,
    doc: 'Stop copying to tiered storage; what is there stays readable.',
  }),
  'remote.log.delete.on.disable': boolean({
    default: false,
    doc: 'Delete what is in tiered storage when it is turned off for the topic.',
  }),
  'remote.storage.enable': boolean({ default: false, doc: 'Keep old segments of this topic in tiered storage.' }),
  'retention.bytes': long({
    default: -1,
    obeyed: true,
    doc: 'Size of a partition beyond which old segments are deleted; -1 means no limit.',
  }),
  'retention.ms': long({
    default: 604800000,
    min: -1,
    obeyed: true,
    doc: 'How long records are kept; -1 keeps them for ever.',
  }),
  'segment.bytes': int({
    default: 1073741824,
    min: 1048576,
    obeyed: true,
    doc: 'Size at which a segment is closed and a new one begun.',
  }),
  'segment.index.bytes': int({ default: 10485760, min: 4, obeyed: true, doc: 'Largest size of an offset index.' }),
  'segment.jitter.ms': long({
    default: 0,
    min: 0,
    obeyed: true,
    doc: 'Largest random amount by which a segment is closed early.',
  }),
  'segment.ms': long({ default: 604800000, min: 1, obeyed: true, doc: 'Age at which a segment is closed.' }),
  'unclean.leader.election.enable': boolean({
    default: false,
    obeyed: true,
    doc: 'Let a replica outside the ISR lead as a last resort, at the price of lost records.',
  }),
};
