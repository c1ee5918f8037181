import type { Random } from '../../base/index.ts';
import { topicConfig, type BrokerConfig, type TopicConfig } from '../../config/index.ts';
import { ConfigResourceType } from '../configs.ts';
import { ELIGIBLE_LEADER_REPLICAS_VERSION } from '../features.ts';
import type { MetadataImage } from '../image.ts';
import type { MetadataRecord } from '../record.ts';

/** What decides a request: how things are, and what the node was configured with. */
export class ControllerContext {
  readonly image: MetadataImage;
  readonly random: Random;
  /** The controller's configs: static ones under the cluster-wide dynamic ones. */
  readonly config: BrokerConfig;
  #normalTopic: TopicConfig | undefined;

  constructor(image: MetadataImage, staticConfig: BrokerConfig, random: Random) {
    this.image = image;
    this.random = random;
    this.config = staticConfig.with({ clusterDefaults: image.configs.of(ConfigResourceType.broker, '') });
  }

  /** The configs in effect for a topic. Most have none of their own and share one answer. */
  topicConfig(topic: string): TopicConfig {
    const own = this.image.configs.of(ConfigResourceType.topic, topic);
    if (own.size > 0) return topicConfig(this.config, own);
    return (this.#normalTopic ??= topicConfig(this.config, own));
  }

  get isElrEnabled(): boolean {
    return (this.image.features.get(ELIGIBLE_LEADER_REPLICAS_VERSION) ?? 0) > 0;
  }

  /** Neither fenced nor about to leave. */
  isActive(brokerId: number): boolean {
    const broker = this.image.brokers.get(brokerId);
    return broker !== undefined && !broker.fenced && !broker.inControlledShutdown;
  }
}

export interface Decision<Response> {
  readonly records: readonly MetadataRecord[];
  readonly response: Response;
}

/** The most partitions one request may create (Kafka's QuorumController: the most records of a batch). */
export const MAX_RECORDS_PER_REQUEST = 10_000;
