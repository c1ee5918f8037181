export type { Broker, Brokers, Endpoint, SupportedFeature } from './brokers.ts';
export { ClusterMetadata, type ClusterMetadataOptions } from './cluster.ts';
export { Configs, ConfigResourceType, type ConfigResource } from './configs.ts';
export type { ControllerApi, ControllerApis } from './controller/index.ts';
export { MetadataDelta, type MetadataListener } from './delta.ts';
export { SERVED_FEATURES, type Features, type ServedFeature } from './features.ts';
export { emptyImage, type MetadataImage, type MetadataPosition } from './image.ts';
export { PRODUCER_ID_BLOCK_SIZE, type ProducerIds } from './producer-ids.ts';
export { NO_LEADER, Topics, type Partition, type Topic, type TopicChange } from './topics.ts';
