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
import { define, type ValuesOf } from './definition.ts';

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

/** Every broker config of Kafka 4.3 by name, sorted: 340 that DescribeConfigs lists, and 20 internal ones. */
export const brokerConfigs = define(table);

export type BrokerConfigName = keyof typeof table;

/** What each broker config holds when it is set, or its default; see `BrokerConfigValues` for what is in effect. */
export type PlainBrokerConfigValues = ValuesOf<typeof table>;

/**
 * Names that mean the same thing in other units, the one that counts first (DynamicBrokerConfig.brokerConfigSynonyms).
 * `log.flush.interval.ms` has another as its stand-in.
 */
const synonymGroups: readonly (readonly BrokerConfigName[])[] = [
  ['log.roll.ms', 'log.roll.hours'],
  ['log.roll.jitter.ms', 'log.roll.jitter.hours'],
  ['log.retention.ms', 'log.retention.minutes', 'log.retention.hours'],
];

/** The names whose values stand in for one another when `name` is described. */
export function brokerSynonyms(name: string): readonly string[] {
  if (name === 'log.flush.interval.ms') return [name, 'log.flush.scheduler.interval.ms'];
  return synonymGroups.find((group) => (group as readonly string[]).includes(name)) ?? [name];
}
