import type { Broker } from './brokers.ts';
import type { ClientQuotas } from './client-quotas.ts';
import { METADATA_VERSION, type Features } from './features.ts';
import type { MetadataImage } from './image.ts';
import type { MetadataRecord } from './record.ts';
import type { ScramCredentials } from './scram-credentials.ts';
import type { Partition } from './topics.ts';

/**
 * The records that make this image out of an empty one: what a snapshot holds. The metadata version comes first, as a
 * reader must know it before the rest.
 */
export function* recordsOfImage(image: MetadataImage): Generator<MetadataRecord> {
  yield* featureRecords(image.features);
  for (const broker of image.brokers.values()) yield { type: 'RegisterBrokerRecord', value: registration(broker) };
  for (const { name, id, partitions } of image.topics) {
    yield { type: 'TopicRecord', value: { name, topicId: id } };
    for (const partition of partitions) yield { type: 'PartitionRecord', value: partitionRecord(id, partition) };
  }
  for (const [{ type: resourceType, name: resourceName }, values] of image.configs)
    for (const [name, value] of values)
      yield { type: 'ConfigRecord', value: { resourceType, resourceName, name, value } };
  yield* quotaRecords(image.clientQuotas);
  yield* credentialRecords(image.scramCredentials);
  const { next: nextProducerId, brokerId, brokerEpoch } = image.producerIds;
  if (nextProducerId >= 0) yield { type: 'ProducerIdsRecord', value: { brokerId, brokerEpoch, nextProducerId } };
  yield* image.others;
}

function* quotaRecords(quotas: ClientQuotas): Generator<MetadataRecord> {
  for (const { entity: parts, values } of quotas) {
    const entity = [...parts].map(([entityType, entityName]) => ({ entityType, entityName }));
    for (const [key, value] of values)
      yield { type: 'ClientQuotaRecord', value: { entity, key, value, remove: false } };
  }
}

function* credentialRecords(credentials: ScramCredentials): Generator<MetadataRecord> {
  for (const name of credentials.users())
    for (const { user: _, ...credential } of credentials.of(name).values())
      yield { type: 'UserScramCredentialRecord', value: { name, ...credential } };
}

function* featureRecords(features: Features): Generator<MetadataRecord> {
  const first = (name: string): number => (name === METADATA_VERSION ? 0 : 1);
  for (const [name, featureLevel] of [...features].sort(([a], [b]) => first(a) - first(b)))
    yield { type: 'FeatureLevelRecord', value: { name, featureLevel } };
}

function registration(broker: Broker): (MetadataRecord & { type: 'RegisterBrokerRecord' })['value'] {
  return {
    brokerId: broker.id,
    isMigratingZkBroker: false,
    incarnationId: broker.incarnationId,
    brokerEpoch: broker.epoch,
    endPoints: broker.endpoints.map(({ listener: name, ...rest }) => ({ name, ...rest })),
    features: broker.supportedFeatures.map(({ name, min, max }) => ({
      name,
      minSupportedVersion: min,
      maxSupportedVersion: max,
    })),
    rack: broker.rack,
    fenced: broker.fenced,
    inControlledShutdown: broker.inControlledShutdown,
    logDirs: [...broker.directories],
    cordonedLogDirs: broker.cordonedDirectories.length === 0 ? null : [...broker.cordonedDirectories],
  };
}

/** The record that creates a partition as it is. */
export function partitionRecord(
  topicId: string,
  partition: Partition,
): (MetadataRecord & { type: 'PartitionRecord' })['value'] {
  const { eligibleLeaderReplicas: elr, lastKnownEligibleLeaderReplicas: lastKnown } = partition;
  return {
    partitionId: partition.index,
    topicId,
    replicas: [...partition.replicas],
    isr: [...partition.isr],
    removingReplicas: [...partition.removingReplicas],
    addingReplicas: [...partition.addingReplicas],
    leader: partition.leader,
    leaderRecoveryState: partition.leaderRecoveryState,
    leaderEpoch: partition.leaderEpoch,
    partitionEpoch: partition.partitionEpoch,
    directories: [...partition.directories],
    eligibleLeaderReplicas: elr.length === 0 ? null : [...elr],
    lastKnownElr: lastKnown.length === 0 ? null : [...lastKnown],
  };
}
