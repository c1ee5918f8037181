export {
  BrokerConfig,
  configSource,
  type BrokerConfigValues,
  type ConfigLayer,
  type ConfigSource,
  type DynamicLayers,
  type Properties,
} from './broker-config.ts';
export { brokerConfigs, type BrokerConfigName } from './broker-configs.ts';
export type {
  ConfigDefinition,
  ConfigProblem,
  ConfigScope,
  ConfigType,
  ConfigValue,
  ParsedConfig,
} from './definition.ts';
export {
  clientMetricsConfigs,
  groupConfig,
  groupConfigs,
  type GroupConfig,
  type GroupConfigName,
  type GroupConfigValues,
} from './group-config.ts';
export {
  topicConfig,
  topicConfigs,
  type TopicConfig,
  type TopicConfigName,
  type TopicConfigValues,
} from './topic-config.ts';
