import { BrokersDelta } from './brokers.ts';
import { ClientQuotasDelta } from './client-quotas.ts';
import { ConfigResourceType, ConfigsDelta } from './configs.ts';
import { FeaturesDelta } from './features.ts';
import { emptyImage, type MetadataImage, type MetadataPosition } from './image.ts';
import { withOtherRecord, type OtherRecords } from './other-records.ts';
import type { ProducerIds } from './producer-ids.ts';
import type { MetadataRecord } from './record.ts';
import { ScramCredentialsDelta } from './scram-credentials.ts';
import { recordsOfImage } from './snapshot-records.ts';
import { TopicsDelta } from './topics.ts';

/**
 * The way from one image to the next: collects records, makes the image, and says what they changed, part by part, so
 * that those who follow the metadata need not compare images.
 */
export class MetadataDelta {
  readonly before: MetadataImage;
  readonly topics: TopicsDelta;
  readonly brokers: BrokersDelta;
  readonly configs: ConfigsDelta;
  readonly clientQuotas: ClientQuotasDelta;
  readonly scramCredentials: ScramCredentialsDelta;
  readonly features: FeaturesDelta;
  #producerIds: ProducerIds;
  #others: OtherRecords;

  constructor(before: MetadataImage) {
    this.before = before;
    this.topics = new TopicsDelta(before.topics);
    this.brokers = new BrokersDelta(before.brokers);
    this.configs = new ConfigsDelta(before.configs);
    this.clientQuotas = new ClientQuotasDelta(before.clientQuotas);
    this.scramCredentials = new ScramCredentialsDelta(before.scramCredentials);
    this.features = new FeaturesDelta(before.features);
    this.#producerIds = before.producerIds;
    this.#others = before.others;
  }

  /** All of an image as if it had happened at once: how someone who comes late is told what there is. */
  static ofEverything(image: MetadataImage): MetadataDelta {
    const delta = new MetadataDelta(emptyImage(image.clusterId));
    for (const record of recordsOfImage(image)) delta.add(record);
    return delta;
  }

  /** Throws InvariantError for a record that cannot follow what came before, e.g. a partition of no topic. */
  add(record: MetadataRecord): void {
    switch (record.type) {
      case 'TopicRecord':
        return this.topics.create(record.value);
      case 'RemoveTopicRecord': {
        const name = this.topics.remove(record.value.topicId);
        if (name !== undefined) this.configs.removeResource(ConfigResourceType.topic, name);
        return;
      }
      case 'PartitionRecord':
        return this.topics.setPartition(record.value);
      case 'PartitionChangeRecord':
        return this.topics.changePartition(record.value);
      case 'ClearElrRecord':
        return this.topics.clearEligibleLeaderReplicas(record.value.topicName);
      case 'ConfigRecord': {
        const { resourceType, resourceName, name, value } = record.value;
        return this.configs.set(resourceType, resourceName, name, value);
      }
      case 'RegisterBrokerRecord':
        return this.brokers.register(record.value);
      case 'UnregisterBrokerRecord':
        return this.brokers.unregister(record.value.brokerId);
      case 'BrokerRegistrationChangeRecord':
        return this.brokers.change(record.value);
      case 'FenceBrokerRecord':
        return this.brokers.setFenced(record.value.id, record.value.epoch, true);
      case 'UnfenceBrokerRecord':
        return this.brokers.setFenced(record.value.id, record.value.epoch, false);
      case 'ClientQuotaRecord':
        return this.clientQuotas.set(record.value);
      case 'UserScramCredentialRecord':
        return this.scramCredentials.set(record.value);
      case 'RemoveUserScramCredentialRecord':
        return this.scramCredentials.remove(record.value);
      case 'FeatureLevelRecord':
        return this.features.set(record.value.name, record.value.featureLevel);
      case 'ProducerIdsRecord': {
        const { brokerId, brokerEpoch, nextProducerId } = record.value;
        this.#producerIds = { next: nextProducerId, brokerId, brokerEpoch };
        return;
      }
      case 'NoOpRecord':
        return;
      default:
        this.#others = withOtherRecord(this.#others, record);
    }
  }

  /** The image after the records so far, the last of which stands at `position`. */
  apply(position: MetadataPosition): MetadataImage {
    return {
      clusterId: this.before.clusterId,
      position,
      topics: this.topics.apply(),
      brokers: this.brokers.apply(),
      configs: this.configs.apply(),
      clientQuotas: this.clientQuotas.apply(),
      scramCredentials: this.scramCredentials.apply(),
      features: this.features.apply(),
      producerIds: this.#producerIds,
      others: this.#others,
    };
  }
}

/**
 * Follows the metadata: told in order, once per change, with what changed and how things are now. Must not throw. Who has much to do
 * resolves when it is done: nobody is told of the next change before.
 */
export type MetadataListener = (delta: MetadataDelta, image: MetadataImage) => Promise<void> | undefined | void;
