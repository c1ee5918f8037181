import type { Random } from '../../base/index.ts';
import {
  describeTopic,
  topicConfig,
  type BrokerConfig,
  type DescribedConfig,
  type TopicConfig,
} from '../../config/index.ts';
import { ConfigResourceType } from '../configs.ts';
import { ELIGIBLE_LEADER_REPLICAS_VERSION } from '../features.ts';
import type { MetadataImage } from '../image.ts';
import type { MetadataRecord } from '../record.ts';

/**
 * The configs in effect under one set of cluster-wide ones, which are settled once for a topic, and not for each of its partitions.
 * Most topics have no configs of their own, and share one answer.
 */
export class EffectiveConfigs {
  readonly broker: BrokerConfig;
  readonly #clusterDefaults: ReadonlyMap<string, string>;
  /** By a topic's own configs: an image that changes nothing of them keeps the very same map. */
  readonly #topics = new WeakMap<ReadonlyMap<string, string>, TopicConfig>();
  #normalTopic: TopicConfig | undefined;
  #normalDescription: readonly DescribedConfig[] | undefined;

  constructor(staticConfig: BrokerConfig, clusterDefaults: ReadonlyMap<string, string>) {
    this.broker = staticConfig.with({ clusterDefaults });
    this.#clusterDefaults = clusterDefaults;
  }

  /** Whether these are still the ones: an image that changes nothing of them keeps the very same map. */
  isOf(image: MetadataImage): boolean {
    return image.configs.of(ConfigResourceType.broker, '') === this.#clusterDefaults;
  }

  topic(own: ReadonlyMap<string, string>): TopicConfig {
    if (own.size === 0) return (this.#normalTopic ??= topicConfig(this.broker, own));
    let config = this.#topics.get(own);
    if (config === undefined) this.#topics.set(own, (config = topicConfig(this.broker, own)));
    return config;
  }

  describeTopic(own: ReadonlyMap<string, string>): readonly DescribedConfig[] {
    if (own.size > 0) return describeTopic(this.broker, own);
    return (this.#normalDescription ??= describeTopic(this.broker, own));
  }
}

/** What decides a request: how things are, and what the node was configured with. */
export class ControllerContext {
  readonly image: MetadataImage;
  readonly random: Random;
  readonly configs: EffectiveConfigs;

  constructor(image: MetadataImage, configs: EffectiveConfigs, random: Random) {
    this.image = image;
    this.configs = configs;
    this.random = random;
  }

  /** The controller's configs: static ones under the cluster-wide dynamic ones. */
  get config(): BrokerConfig {
    return this.configs.broker;
  }

  /** The configs in effect for a topic. */
  topicConfig(topic: string): TopicConfig {
    return this.configs.topic(this.image.configs.of(ConfigResourceType.topic, topic));
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

/** A part of what a long request wants. */
export interface PartialDecision<Rest> {
  readonly records: readonly MetadataRecord[];
  /** What is to be decided next. */
  readonly rest: Rest;
}

/** The most partitions one request may create (Kafka's QuorumController: the most records of a batch). */
export const MAX_RECORDS_PER_REQUEST = 10_000;
