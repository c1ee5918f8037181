import type { BrokerConfig, Properties } from './broker-config.ts';
import type { BrokerConfigName } from './broker-configs.ts';
import { define, type ConfigValue, type ValuesOf } from './definition.ts';
import { resourceValue } from './resource-config.ts';
import { topicTable } from './topics.ts';

/** Every topic config of Kafka 4.3 by name, sorted: 33 that DescribeConfigs lists, and one internal. */
export const topicConfigs = define(topicTable);

export type TopicConfigName = keyof typeof topicTable;
export type TopicConfigValues = ValuesOf<typeof topicTable>;

/** The broker config that counts where a topic says nothing (ServerTopicConfigSynonyms). */
export const topicSynonyms: Partial<Record<TopicConfigName, BrokerConfigName>> = {
  'cleanup.policy': 'log.cleanup.policy',
  'compression.gzip.level': 'compression.gzip.level',
  'compression.lz4.level': 'compression.lz4.level',
  'compression.type': 'compression.type',
  'compression.zstd.level': 'compression.zstd.level',
  'delete.retention.ms': 'log.cleaner.delete.retention.ms',
  'file.delete.delay.ms': 'log.segment.delete.delay.ms',
  'flush.messages': 'log.flush.interval.messages',
  'flush.ms': 'log.flush.interval.ms',
  'index.interval.bytes': 'log.index.interval.bytes',
  'local.retention.bytes': 'log.local.retention.bytes',
  'local.retention.ms': 'log.local.retention.ms',
  'max.compaction.lag.ms': 'log.cleaner.max.compaction.lag.ms',
  'max.message.bytes': 'message.max.bytes',
  'message.timestamp.after.max.ms': 'log.message.timestamp.after.max.ms',
  'message.timestamp.before.max.ms': 'log.message.timestamp.before.max.ms',
  'message.timestamp.type': 'log.message.timestamp.type',
  'min.cleanable.dirty.ratio': 'log.cleaner.min.cleanable.ratio',
  'min.compaction.lag.ms': 'log.cleaner.min.compaction.lag.ms',
  'min.insync.replicas': 'min.insync.replicas',
  preallocate: 'log.preallocate',
  'retention.bytes': 'log.retention.bytes',
  'retention.ms': 'log.retention.ms',
  'segment.bytes': 'log.segment.bytes',
  'segment.index.bytes': 'log.index.size.max.bytes',
  'segment.jitter.ms': 'log.roll.jitter.ms',
  'segment.ms': 'log.roll.ms',
  'unclean.leader.election.enable': 'unclean.leader.election.enable',
};

/** The effective configs of one topic. */
export interface TopicConfig {
  get<N extends TopicConfigName>(name: N): TopicConfigValues[N];
}

/** A topic's own values, the broker's where it has none. */
export function topicConfig(broker: BrokerConfig, overrides: Properties): TopicConfig {
  const values = new Map<string, ConfigValue>();
  for (const definition of topicConfigs.values()) {
    const synonym = topicSynonyms[definition.name as TopicConfigName];
    values.set(definition.name, resourceValue(definition, overrides, broker, synonym));
  }
  // The table that types the name also parsed the value.
  return { get: (name) => values.get(name) as TopicConfigValues[typeof name] };
}
