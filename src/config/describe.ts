import { configSource, type BrokerConfig, type ConfigSource, type Properties } from './broker-config.ts';
import { brokerConfigs, brokerSynonyms, definitionOf, type BrokerConfigName } from './broker-configs.ts';
import type { ConfigDefinition, ConfigType } from './definition.ts';
import { clientMetricsConfigs, groupConfigs, groupSynonym } from './group-config.ts';
import { topicConfigs, topicSynonyms, type TopicConfigName } from './topic-config.ts';

/** One place that has a value for a config; the strongest comes first. */
export interface DescribedSynonym {
  readonly name: string;
  readonly value: string | null;
  readonly source: ConfigSource;
}

/** One config in a DescribeConfigs response (Kafka's ConfigHelper), every field of every version filled in. */
export interface DescribedConfig {
  readonly name: string;
  /** Null for what is sensitive or has no value. */
  readonly value: string | null;
  readonly readOnly: boolean;
  readonly isSensitive: boolean;
  readonly configSource: ConfigSource;
  readonly configType: number;
  readonly documentation: string | null;
  readonly synonyms: readonly DescribedSynonym[];
}

/** Types by their numbers in DescribeConfigs; 0 is a config that nobody knows. */
const typeNumbers: Readonly<Record<ConfigType, number>> = {
  boolean: 1,
  string: 2,
  int: 3,
  short: 4,
  long: 5,
  double: 6,
  list: 7,
  class: 8,
  password: 9,
};

/** All that a broker's configs hold: those Kafka lists, and whatever else was set. Sorted by name. */
export function describeBroker(config: BrokerConfig): DescribedConfig[] {
  const names = new Set([...brokerConfigs.values()].filter((each) => !each.internal).map((each) => each.name));
  for (const layer of config.layers) for (const name of layer.properties.keys()) names.add(name);
  return [...names].sort().map((name) => {
    const synonyms = synonymsOf(config, name);
    return described(name, definitionOf(name), brokerValue(config, name), isReadOnly(name), synonyms);
  });
}

/** What is set for all brokers at once: the broker resource with the empty name. Only what is set is listed. */
export function describeClusterDefaults(clusterDefaults: Properties): DescribedConfig[] {
  const source = configSource.dynamicDefaultBroker;
  return [...clusterDefaults].sort(byName).map(([name, text]) => {
    const value = shown(definitionOf(name), text);
    return described(name, definitionOf(name), value, isReadOnly(name), [{ name, value, source }]);
  });
}

/** A topic's configs, its own and those it takes from the broker. Sorted by name. */
export function describeTopic(config: BrokerConfig, overrides: Properties): DescribedConfig[] {
  const entries: DescribedConfig[] = [];
  for (const definition of topicConfigs.values()) {
    const own = ownText(definition, overrides);
    if (definition.internal && own === undefined) continue;
    const synonym = topicSynonyms[definition.name as TopicConfigName];
    entries.push(describedResource(config, definition, own, configSource.topic, synonym));
  }
  return entries;
}

/** A group's configs, its own and those it takes from the broker. Sorted by name. */
export function describeGroup(config: BrokerConfig, overrides: Properties): DescribedConfig[] {
  return [...groupConfigs.values()].map((definition) => {
    const own = ownText(definition, overrides);
    const synonym = groupSynonym(definition.name);
    const entry = describedResource(config, definition, own, configSource.group, synonym);
    if (synonym !== undefined) return entry;
    const standing = { name: definition.name, value: definition.defaultValue, source: configSource.default };
    return { ...entry, synonyms: [...entry.synonyms, standing] };
  });
}

/** The configs of a client metrics subscription. Sorted by name. */
export function describeClientMetrics(overrides: Properties): DescribedConfig[] {
  return [...clientMetricsConfigs.values()].map((definition) => {
    const { name } = definition;
    const own = ownText(definition, overrides);
    const synonyms = own === undefined ? [] : [{ name, value: own, source: configSource.clientMetrics }];
    return described(name, definition, own ?? definition.defaultValue, false, synonyms);
  });
}

function describedResource(
  config: BrokerConfig,
  definition: ConfigDefinition,
  own: string | undefined,
  source: ConfigSource,
  synonym: BrokerConfigName | undefined,
): DescribedConfig {
  const { name, defaultValue } = definition;
  const mine = own === undefined ? [] : [{ name, value: own, source }];
  const inherited = synonym === undefined ? [] : synonymsOf(config, synonym);
  const standing = synonym === undefined ? defaultValue : effectiveText(config, synonym);
  return described(name, definition, own ?? standing, false, [...mine, ...inherited]);
}

function described(
  name: string,
  definition: ConfigDefinition | undefined,
  value: string | null,
  readOnly: boolean,
  synonyms: readonly DescribedSynonym[],
): DescribedConfig {
  return {
    name,
    value,
    readOnly,
    isSensitive: definition?.sensitive ?? true,
    configSource: synonyms[0]?.source ?? configSource.default,
    configType: definition === undefined ? 0 : typeNumbers[definition.type],
    documentation: definition?.doc ?? null,
    synonyms,
  };
}

function isReadOnly(name: string): boolean {
  return (brokerConfigs.get(name)?.scope ?? 'read-only') === 'read-only';
}

/** What may be shown of a value: nothing of a secret, or of a config that nobody knows and may be one. */
function shown(definition: ConfigDefinition | undefined, text: string | null): string | null {
  return definition === undefined || definition.sensitive ? null : text;
}

/** A topic's or group's own value in its canonical form. */
function ownText(definition: ConfigDefinition, overrides: Properties): string | undefined {
  const text = overrides.get(definition.name);
  if (text === undefined) return undefined;
  const parsed = definition.parse(text);
  return 'message' in parsed ? undefined : parsed.text;
}

function brokerValue(config: BrokerConfig, name: string): string | null {
  const definition = definitionOf(name);
  if (definition?.name !== name) {
    const layer = config.layers.find((each) => each.properties.has(name));
    return shown(definition, layer?.properties.get(name) ?? null);
  }
  // A dynamic value makes Kafka forget what its synonyms were set to at start.
  const synonyms = brokerSynonyms(name);
  const dynamic = config.layers.filter((layer) => layer.source !== configSource.staticBroker);
  const isOverruled = dynamic.some((layer) => synonyms.some((each) => layer.properties.has(each)));
  const isOwn = dynamic.some((layer) => layer.properties.has(name));
  return shown(definition, isOverruled && !isOwn ? definition.defaultValue : config.text(name as BrokerConfigName));
}

/** Every layer's values of a config and its synonyms. What stands before the first of the very name is not listed. */
function synonymsOf(config: BrokerConfig, name: string): DescribedSynonym[] {
  const names = brokerSynonyms(name);
  const all: DescribedSynonym[] = [];
  for (const { source, properties } of config.layers) {
    for (const each of names) {
      const text = properties.get(each);
      if (text !== undefined) all.push({ name: each, value: shown(definitionOf(each), text), source });
    }
  }
  for (const each of names) {
    const value = brokerConfigs.get(each)?.defaultValue ?? null;
    if (value !== null) all.push({ name: each, value, source: configSource.default });
  }
  const first = all.findIndex((each) => each.name === name);
  return first === -1 ? [] : all.slice(first);
}

/** The text of the value in effect; longs that a number cannot hold are taken from what was set. */
function effectiveText(config: BrokerConfig, name: BrokerConfigName): string | null {
  const value = config.get(name);
  const isDerived = Number.isSafeInteger(value) && brokerConfigs.get(name)?.type !== 'double';
  if (isDerived) return String(value);
  return config.text(name) ?? config.text(name === 'log.flush.interval.ms' ? 'log.flush.scheduler.interval.ms' : name);
}

function byName(a: readonly [string, string], b: readonly [string, string]): number {
  return a[0] < b[0] ? -1 : 1;
}
