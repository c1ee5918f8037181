export {
  validateBrokerConfigs,
  validateClientMetricsConfigs,
  validateGroupConfigs,
  validateTopicConfigs,
  type AlterationProblem,
} from './alterations.ts';
export {
  BrokerConfig,
  configSource,
  type BrokerConfigValues,
  type ConfigLayer,
  type ConfigSource,
  type DynamicLayers,
  type Properties,
} from './broker-config.ts';
export { consumerAssignors } from './brokers-groups.ts';
export { brokerConfigs, type BrokerConfigName } from './broker-configs.ts';
export { clientMetricsConfig, type ClientMetricsConfig, type ClientSelector } from './client-metrics-config.ts';
export type {
  ConfigDefinition,
  ConfigProblem,
  ConfigScope,
  ConfigType,
  ConfigValue,
  ParsedConfig,
} from './definition.ts';
export {
  describeBroker,
  describeClientMetrics,
  describeClusterDefaults,
  describeGroup,
  describeTopic,
  type DescribedConfig,
  type DescribedSynonym,
} from './describe.ts';
export { environmentProperties } from './environment.ts';
export {
  clientMetricsConfigs,
  groupConfig,
  groupConfigs,
  type GroupConfig,
  type GroupConfigName,
  type GroupConfigValues,
} from './group-config.ts';
export { readListeners, unservedListeners, type Listener, type Listeners, type SecurityProtocol } from './listeners.ts';
export { parseProperties } from './properties.ts';
export { mergeProperties, nearNames, standaloneProperties, unknownConfigMessage, unobeyed } from './sources.ts';
export {
  topicConfig,
  topicConfigs,
  topicSynonyms,
  type TopicConfig,
  type TopicConfigName,
  type TopicConfigValues,
} from './topic-config.ts';
