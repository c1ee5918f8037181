import { brokerConfigs, type BrokerConfigName } from './broker-configs.ts';
import type { BrokerConfig, Properties } from './broker-config.ts';
import { clientMetricsTable } from './client-metrics.ts';
import { define, type ConfigValue, type ValuesOf } from './definition.ts';
import { groupTable } from './groups.ts';
import { resourceValue } from './resource-config.ts';

/** Every group config of Kafka 4.3 by name, sorted. */
export const groupConfigs = define(groupTable);

/** Every config of a client metrics subscription by name, sorted. */
export const clientMetricsConfigs = define(clientMetricsTable);

export type GroupConfigName = keyof typeof groupTable;
export type GroupConfigValues = ValuesOf<typeof groupTable>;

/** The broker config that counts where a group says nothing: the same name after `group.`, if there is one. */
export function groupSynonym(name: string): BrokerConfigName | undefined {
  const synonym = `group.${name}`;
  return brokerConfigs.has(synonym) ? (synonym as BrokerConfigName) : undefined;
}

/** The effective configs of one group. */
export interface GroupConfig {
  get<N extends GroupConfigName>(name: N): GroupConfigValues[N];
}

/** A group's own values, the broker's where it has none. */
export function groupConfig(broker: BrokerConfig, overrides: Properties): GroupConfig {
  const values = new Map<string, ConfigValue>();
  for (const definition of groupConfigs.values()) {
    values.set(definition.name, resourceValue(definition, overrides, broker, groupSynonym(definition.name)));
  }
  // The table that types the name also parsed the value.
  return { get: (name) => values.get(name) as GroupConfigValues[typeof name] };
}
