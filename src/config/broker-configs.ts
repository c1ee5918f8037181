import { clusterConfigs } from './brokers-cluster.ts';
import { groupsConfigs } from './brokers-groups.ts';
import { logConfigs } from './brokers-log.ts';
import { networkConfigs } from './brokers-network.ts';
import { operationsConfigs } from './brokers-operations.ts';
import { remoteStorageConfigs } from './brokers-remote-storage.ts';
import { replicationConfigs } from './brokers-replication.ts';
import { saslConfigs } from './brokers-sasl.ts';
import { securityConfigs } from './brokers-security.ts';
import { shareGroupsConfigs } from './brokers-share-groups.ts';
import { sslConfigs } from './brokers-ssl.ts';
import { transactionsConfigs } from './brokers-transactions.ts';
import { define, type ConfigDefinition, type ValuesOf } from './definition.ts';

const table = {
  ...clusterConfigs,
  ...networkConfigs,
  ...logConfigs,
  ...replicationConfigs,
  ...operationsConfigs,
  ...groupsConfigs,
  ...shareGroupsConfigs,
  ...transactionsConfigs,
  ...remoteStorageConfigs,
  ...securityConfigs,
  ...saslConfigs,
  ...sslConfigs,
};

/** Every broker config of Kafka 4.3 by name, sorted: 340 that DescribeConfigs lists, 20 internal and 3 dynamic ones that it lists where they are set. */
export const brokerConfigs = define(table);

export type BrokerConfigName = keyof typeof table;

/** What each broker config holds when it is set, or its default; see `BrokerConfigValues` for what is in effect. */
export type PlainBrokerConfigValues = ValuesOf<typeof table>;

const synonymGroups: readonly (readonly BrokerConfigName[])[] = [
  ['log.roll.ms', 'log.roll.hours'],
  ['log.roll.jitter.ms', 'log.roll.jitter.hours'],
  ['log.retention.ms', 'log.retention.minutes', 'log.retention.hours'],
];

/**
 * The names whose values can stand in for one another, the one that counts first, for a config that may be set for one
 * listener too (DynamicBrokerConfig.brokerConfigSynonyms).
 */
export function brokerSynonyms(name: string): readonly string[] {
  if (name === 'log.flush.interval.ms') return [name, 'log.flush.scheduler.interval.ms'];
  const definition = definitionOf(name);
  if (definition !== undefined && definition.name !== name) return [name, definition.name];
  return synonymGroups.find((group) => (group as readonly string[]).includes(name)) ?? [name];
}

/** The definition of a config, also where it is set for one listener (`listener.name.internal.ssl.keystore.type`). */
export function definitionOf(name: string): ConfigDefinition | undefined {
  const plain = brokerConfigs.get(name);
  if (plain !== undefined || !name.startsWith('listener.name.')) return plain;
  const parts = name.split('.');
  // After the listener there may be a SASL mechanism: listener.name.internal.plain.sasl.jaas.config.
  return brokerConfigs.get(parts.slice(3).join('.')) ?? brokerConfigs.get(parts.slice(4).join('.'));
}
