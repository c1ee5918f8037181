/** Kafka's configs, translated into the plain values that the rooms below ask for. */
import { assert } from './base/index.ts';
import type { BrokerConfig, GroupConfig, Properties, TopicConfig } from './config/index.ts';
import { consumerAssignors, groupConfig, topicConfig } from './config/index.ts';
import type { GroupsConfig } from './groups/index.ts';
import type { AcceptLimits, ConnectionLimits, MembershipConfig } from './server/index.ts';
import type { LogCleanerConfig, LogConfig } from './storage/index.ts';
import type { TransactionsConfig } from './transactions/index.ts';

const MINUTE_MS = 60_000;

const COMPRESSION_TYPES = ['producer', 'uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
const TIMESTAMP_TYPES = ['CreateTime', 'LogAppendTime'] as const;

/** The config table lets nothing else through. */
function oneOf<T extends string>(choices: readonly T[], value: string): T {
  const choice = choices.find((each) => each === value);
  assert(choice !== undefined, `${value} is one of ${choices.join(', ')}`);
  return choice;
}

/** A topic's log config: its own values over the broker's. */
export function logConfig(broker: BrokerConfig, overrides: Properties): LogConfig {
  const topic = topicConfig(broker, overrides);
  const cleanup = topic.get('cleanup.policy');
  const compressionType = oneOf(COMPRESSION_TYPES, topic.get('compression.type'));
  return {
    segmentBytes: topic.get('segment.bytes'),
    segmentMs: topic.get('segment.ms'),
    segmentJitterMs: topic.get('segment.jitter.ms'),
    segmentIndexBytes: topic.get('segment.index.bytes'),
    indexIntervalBytes: topic.get('index.interval.bytes'),
    maxMessageBytes: topic.get('max.message.bytes'),
    retentionMs: topic.get('retention.ms'),
    retentionBytes: topic.get('retention.bytes'),
    cleanupPolicy: { delete: cleanup.includes('delete'), compact: cleanup.includes('compact') },
    deleteRetentionMs: topic.get('delete.retention.ms'),
    minCompactionLagMs: topic.get('min.compaction.lag.ms'),
    maxCompactionLagMs: topic.get('max.compaction.lag.ms'),
    minCleanableDirtyRatio: topic.get('min.cleanable.dirty.ratio'),
    fileDeleteDelayMs: topic.get('file.delete.delay.ms'),
    flushMessages: topic.get('flush.messages'),
    flushMs: topic.get('flush.ms'),
    compressionType,
    compressionLevel: compressionLevel(topic, compressionType),
    messageTimestampType: oneOf(TIMESTAMP_TYPES, topic.get('message.timestamp.type')),
    messageTimestampBeforeMaxMs: topic.get('message.timestamp.before.max.ms'),
    messageTimestampAfterMaxMs: topic.get('message.timestamp.after.max.ms'),
  };
}

function compressionLevel(topic: TopicConfig, type: LogConfig['compressionType']): number | undefined {
  switch (type) {
    case 'gzip':
      return topic.get('compression.gzip.level');
    case 'lz4':
      return topic.get('compression.lz4.level');
    case 'zstd':
      return topic.get('compression.zstd.level');
    case 'producer':
    case 'uncompressed':
    case 'snappy':
      return undefined;
  }
}

export function cleanerConfig(broker: BrokerConfig): LogCleanerConfig {
  return {
    threads: broker.get('log.cleaner.threads'),
    backoffMs: broker.get('log.cleaner.backoff.ms'),
    dedupeBufferBytes: broker.get('log.cleaner.dedupe.buffer.size'),
    loadFactor: broker.get('log.cleaner.io.buffer.load.factor'),
    ioBufferBytes: broker.get('log.cleaner.io.buffer.size'),
    maxBytesPerSecond: broker.get('log.cleaner.io.max.bytes.per.second'),
  };
}

/**
 * @param now the broker's config, what is set on a group, and `max.message.bytes` of the groups' own topic, as they are now
 */
export function groupsConfig(
  broker: BrokerConfig,
  now: { config(): BrokerConfig; ofGroup(groupId: string): Properties; maxRecordBytes(): number },
): GroupsConfig {
  return {
    minSessionTimeoutMs: broker.get('group.min.session.timeout.ms'),
    maxSessionTimeoutMs: broker.get('group.max.session.timeout.ms'),
    initialRebalanceDelayMs: broker.get('group.initial.rebalance.delay.ms'),
    maxSize: broker.get('group.max.size'),
    get maxRecordBytes() {
      return now.maxRecordBytes();
    },
    offsetMetadataMaxBytes: broker.get('offset.metadata.max.bytes'),
    offsetsRetentionMs: broker.get('offsets.retention.minutes') * MINUTE_MS,
    offsetsRetentionCheckIntervalMs: broker.get('offsets.retention.check.interval.ms'),
    consumer: consumerGroupsConfig(broker, now),
  };
}

/** @param transactionVersion the level of the feature */
export function transactionsConfig(broker: BrokerConfig, transactionVersion: number): TransactionsConfig {
  return {
    maxTimeoutMs: broker.get('transaction.max.timeout.ms'),
    abortTimedOutIntervalMs: broker.get('transaction.abort.timed.out.transaction.cleanup.interval.ms'),
    idExpirationMs: broker.get('transactional.id.expiration.ms'),
    removeExpiredIntervalMs: broker.get('transaction.remove.expired.transaction.cleanup.interval.ms'),
    transactionVersion,
  };
}

export function membershipConfig(broker: BrokerConfig): MembershipConfig {
  return {
    isVerified: broker.get('transaction.partition.verification.enable'),
    retryBackoffMs: broker.get('add.partitions.to.txn.retry.backoff.ms'),
    retryForMs: broker.get('add.partitions.to.txn.retry.backoff.max.ms'),
  };
}

function consumerGroupsConfig(
  broker: BrokerConfig,
  now: { config(): BrokerConfig; ofGroup(groupId: string): Properties },
): GroupsConfig['consumer'] {
  const migration = broker.get('group.consumer.migration.policy').toLowerCase();
  const config = (): BrokerConfig => now.config();
  /** Of a group that has configs of its own; most have none. */
  const own = (groupId: string): GroupConfig | undefined => {
    const properties = now.ofGroup(groupId);
    return properties.size === 0 ? undefined : groupConfig(config(), properties);
  };
  return {
    assignors: broker.get('group.consumer.assignors').flatMap((name) => consumerAssignors.get(name) ?? []),
    maxSize: broker.get('group.consumer.max.size'),
    migration: {
      upgrade: migration === 'upgrade' || migration === 'bidirectional',
      downgrade: migration === 'downgrade' || migration === 'bidirectional',
    },
    regexRefreshIntervalMs: broker.get('group.consumer.regex.refresh.interval.ms'),
    sessionTimeoutMs: (groupId) =>
      own(groupId)?.get('consumer.session.timeout.ms') ?? config().get('group.consumer.session.timeout.ms'),
    heartbeatIntervalMs: (groupId) =>
      own(groupId)?.get('consumer.heartbeat.interval.ms') ?? config().get('group.consumer.heartbeat.interval.ms'),
    assignmentIntervalMs: (groupId) =>
      own(groupId)?.get('consumer.assignment.interval.ms') ?? config().get('group.consumer.assignment.interval.ms'),
  };
}

/** Requests of one connection that may be under way at once (Produce only), and answers a slow reader may leave lying. */
const MAX_PIPELINED = 64;
const MAX_UNSENT_BYTES = 1024 * 1024;

export function connectionLimits(broker: BrokerConfig): ConnectionLimits {
  return {
    maxRequestBytes: broker.get('socket.request.max.bytes'),
    maxPipelined: MAX_PIPELINED,
    maxUnsentBytes: MAX_UNSENT_BYTES,
  };
}

export function acceptLimits(broker: BrokerConfig): AcceptLimits {
  const perIp = broker.get('max.connections.per.ip');
  const overrides = new Map(
    splitPairs(broker.get('max.connections.per.ip.overrides')).map(([address, count]) => [address, Number(count)]),
  );
  return {
    maxConnections: broker.get('max.connections'),
    maxConnectionsOf: (listener) => broker.ofListener(listener, 'max.connections'),
    maxConnectionsPerIp: (address) => overrides.get(address) ?? perIp,
    backlog: broker.get('socket.listen.backlog.size'),
    maxIdleMs: broker.get('connections.max.idle.ms'),
  };
}

/** `address:number` entries; an IPv6 address has colons of its own. */
function splitPairs(text: string): [address: string, count: string][] {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  return pairs.map((pair) => {
    const colon = pair.lastIndexOf(':');
    return [pair.slice(0, colon).trim(), pair.slice(colon + 1).trim()];
  });
}
