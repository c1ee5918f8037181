import { assert } from '../base/index.ts';
import { brokerConfigs, definitionOf, type BrokerConfigName, type PlainBrokerConfigValues } from './broker-configs.ts';
import { readListeners } from './listeners.ts';
import { brokenRules } from './rules.ts';
import type { ConfigDefinition, ConfigProblem, ConfigValue, ParsedConfig } from './definition.ts';

/** Where a value comes from, with its number in DescribeConfigs; the first layer that has a value decides. */
export const configSource = {
  topic: 1,
  dynamicBroker: 2,
  dynamicDefaultBroker: 3,
  staticBroker: 4,
  default: 5,
  dynamicBrokerLogger: 6,
  clientMetrics: 7,
  group: 8,
} as const;
export type ConfigSource = (typeof configSource)[keyof typeof configSource];

export type Properties = ReadonlyMap<string, string>;

export interface ConfigLayer {
  readonly source: ConfigSource;
  readonly properties: Properties;
}

/** The changes made while running, as the metadata log holds them. */
export interface DynamicLayers {
  /** For all brokers of the cluster (ConfigRecords of the broker resource with the empty name). */
  readonly clusterDefaults?: Properties;
  /** For this broker. */
  readonly brokerOverrides?: Properties;
}

/** Values that another config stands in for when they are not set, so that there always is one. */
interface DerivedValues {
  'node.id': number;
  'broker.id': number;
  'log.dirs': readonly string[];
  'metadata.log.dir': string;
  'advertised.listeners': readonly string[];
  'log.retention.ms': number;
  'log.roll.ms': number;
  'log.roll.jitter.ms': number;
  'log.flush.interval.ms': number;
  'num.replica.alter.log.dirs.threads': number;
}

/** The value in effect of every broker config. */
export type BrokerConfigValues = Omit<PlainBrokerConfigValues, keyof DerivedValues> & Readonly<DerivedValues>;

const hourMs = 3_600_000;
const minuteMs = 60_000;

/** How the values of `DerivedValues` come about (KafkaConfig and AbstractKafkaConfig of Kafka). */
const derivations: { readonly [N in keyof DerivedValues]: (config: BrokerConfig) => DerivedValues[N] } = {
  'node.id': (config) => config.plain('node.id'),
  'broker.id': (config) => config.plain('node.id'),
  'log.dirs': (config) => config.plain('log.dirs') ?? config.plain('log.dir'),
  'metadata.log.dir': (config) => config.plain('metadata.log.dir') ?? config.get('log.dirs')[0] ?? '',
  'advertised.listeners': (config) => config.plain('advertised.listeners') ?? config.plain('listeners'),
  'log.retention.ms': (config) => {
    const minutes = config.plain('log.retention.minutes');
    const coarse = minutes === null ? config.plain('log.retention.hours') * hourMs : minutes * minuteMs;
    return Math.max(-1, config.plain('log.retention.ms') ?? coarse);
  },
  'log.roll.ms': (config) => config.plain('log.roll.ms') ?? config.plain('log.roll.hours') * hourMs,
  'log.roll.jitter.ms': (config) =>
    config.plain('log.roll.jitter.ms') ?? config.plain('log.roll.jitter.hours') * hourMs,
  'log.flush.interval.ms': (config) =>
    config.plain('log.flush.interval.ms') ?? config.plain('log.flush.scheduler.interval.ms'),
  'num.replica.alter.log.dirs.threads': (config) =>
    config.plain('num.replica.alter.log.dirs.threads') ?? config.get('log.dirs').length,
};

/** The effective configs of one broker, never changing: a change makes a new one with `with`. */
export class BrokerConfig {
  /** From the strongest to the weakest, defaults left out. */
  readonly layers: readonly ConfigLayer[];
  private readonly values = new Map<string, ConfigValue>();

  private constructor(layers: readonly ConfigLayer[]) {
    this.layers = layers;
  }

  /**
   * Reads what files, variables and flags gave. A value that cannot be understood is left out and named in `problems`;
   * `unknown` are the names that Kafka does not have either (plugins may).
   */
  static from(given: Properties): { config: BrokerConfig; problems: ConfigProblem[]; unknown: string[] } {
    const properties = withNodeId(given);
    const problems: ConfigProblem[] = [];
    const unknown: string[] = [];
    const valid = new Map(properties);
    for (const [name, text] of properties) {
      const definition = definitionOf(name);
      if (definition === undefined) {
        unknown.push(name);
        continue;
      }
      const parsed = definition.parse(text);
      if ('message' in parsed) {
        problems.push({ ...parsed, name });
        valid.delete(name);
      }
    }
    for (const definition of brokerConfigs.values()) {
      if (definition.required && !properties.has(definition.name)) {
        problems.push({ name: definition.name, message: `${definition.name} must be set` });
      }
    }
    const config = new BrokerConfig([{ source: configSource.staticBroker, properties: valid }]);
    problems.push(...brokenRules(config), ...readListeners(config).problems);
    return { config, problems, unknown };
  }

  /** The same static values under other dynamic ones; both layers are replaced. */
  with(layers: DynamicLayers): BrokerConfig {
    return new BrokerConfig([
      { source: configSource.dynamicBroker, properties: layers.brokerOverrides ?? new Map() },
      { source: configSource.dynamicDefaultBroker, properties: layers.clusterDefaults ?? new Map() },
      ...this.layers.filter((layer) => layer.source === configSource.staticBroker),
    ]);
  }

  /** The value in effect, other configs standing in where Kafka says so (`log.retention.hours` for `log.retention.ms`…). */
  get<N extends BrokerConfigName>(name: N): BrokerConfigValues[N] {
    let value = this.values.get(name);
    if (value === undefined) {
      value = name in derivations ? derivations[name as keyof DerivedValues](this) : this.plain(name);
      this.values.set(name, value);
    }
    // The table that types the name also parsed the value.
    return value as BrokerConfigValues[N];
  }

  /** The value set under this very name, or its default. Throws InvariantError for a required config that is not set. */
  plain<N extends BrokerConfigName>(name: N): PlainBrokerConfigValues[N] {
    const { value } = this.read(name);
    assert(value !== null || brokerConfigs.get(name)?.required !== true, `${name} is set`);
    // The table that types the name also parsed the value.
    return value as PlainBrokerConfigValues[N];
  }

  /** Whether any layer sets this very name to something that can be understood. */
  isSet(name: BrokerConfigName): boolean {
    return this.read(name) !== brokerConfigs.get(name)?.initial;
  }

  /** The value for one listener: what is set under `listener.name.<listener>.`, or the broker's. */
  ofListener<N extends BrokerConfigName>(listener: string, name: N): BrokerConfigValues[N] {
    const definition = brokerConfigs.get(name);
    for (const { properties } of this.layers) {
      const text = properties.get(`listener.name.${listener.toLowerCase()}.${name}`);
      const parsed = text === undefined ? undefined : definition?.parse(text);
      // The table that types the name also parsed the value.
      if (parsed !== undefined && !('message' in parsed)) return parsed.value as BrokerConfigValues[N];
    }
    return this.get(name);
  }

  /** What one layer sets, in the words it was set with. */
  layer(source: ConfigSource): Properties {
    return this.layers.find((layer) => layer.source === source)?.properties ?? new Map();
  }

  /** The text of `plain`, as DescribeConfigs shows it; null where there is no value. */
  text(name: BrokerConfigName): string | null {
    const { value, text } = this.read(name);
    return value === null ? null : text;
  }

  private read(name: string): ParsedConfig<ConfigValue> {
    const definition = brokerConfigs.get(name);
    assert(definition !== undefined, `${name} is a broker config`);
    return effective(definition, this.layers);
  }
}

/** What was set and understood under this very name, the strongest layer first, or the default. */
function effective(definition: ConfigDefinition, layers: readonly ConfigLayer[]): ParsedConfig<ConfigValue> {
  for (const layer of layers) {
    const text = layer.properties.get(definition.name);
    if (text === undefined || !appliesIn(definition, layer.source)) continue;
    const parsed = definition.parse(text);
    // What the metadata log holds may be newer than we are: what is not understood does not count.
    if (!('message' in parsed)) return parsed;
  }
  return definition.initial;
}

/** Dynamic values count only for configs that may change that way (DynamicBrokerConfig drops the others). */
function appliesIn(definition: ConfigDefinition, source: ConfigSource): boolean {
  if (source === configSource.dynamicBroker) return definition.scope !== 'read-only';
  if (source === configSource.dynamicDefaultBroker) return definition.scope === 'cluster-wide';
  return true;
}

/** `node.id` and `broker.id` are one thing; either may be given (AbstractKafkaConfig.populateSynonyms). */
function withNodeId(properties: Properties): Properties {
  const id = properties.get('node.id') ?? properties.get('broker.id');
  if (id === undefined) return properties;
  return new Map([...properties, ['node.id', id], ['broker.id', properties.get('broker.id') ?? id]]);
}
