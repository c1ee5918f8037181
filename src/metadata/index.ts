export type { Broker, Brokers, Endpoint, SupportedFeature } from './brokers.ts';
export { quotaEntityKey, type ClientQuota, type ClientQuotas, type QuotaEntity } from './client-quotas.ts';
export { ClusterMetadata, type ClusterMetadataOptions } from './cluster.ts';
export { Configs, ConfigResourceType, type ConfigResource } from './configs.ts';
export { directoryOf, isOnline, type ControllerApi, type ControllerApis } from './controller/index.ts';
export { MetadataDelta, type MetadataListener } from './delta.ts';
export {
  GROUP_VERSION,
  SERVED_FEATURES,
  TRANSACTION_VERSION,
  type Features,
  type ServedFeature,
} from './features.ts';
export { emptyImage, type MetadataImage, type MetadataPosition } from './image.ts';
export { MetadataLogError } from './metadata-log-error.ts';
export { PRODUCER_ID_BLOCK_SIZE, type ProducerIds } from './producer-ids.ts';
export { ScramMechanism, type ScramCredential, type ScramCredentials } from './scram-credentials.ts';
export { isValidTopicName, METADATA_TOPIC } from './topic-name.ts';
export { NO_LEADER, Topics, type Partition, type Topic, type TopicChange } from './topics.ts';
