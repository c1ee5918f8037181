import type { MetadataImage } from '../metadata/index.ts';
import type { AlterPartitionRequest } from '../wire/messages/index.ts';

const RECOVERED = 0;

/**
 * The partitions that this broker leads since an unclean election, for AlterPartition: its log has been recovered by the
 * time it leads, and the controller is to know (KIP-704). No topics: there is nothing to tell.
 */
export function recoveredPartitions(image: MetadataImage, nodeId: number): AlterPartitionRequest {
  const brokerEpoch = image.brokers.get(nodeId)?.epoch ?? -1;
  const topics = [];
  for (const topic of image.topics) {
    const partitions = topic.partitions
      .filter(({ leader, leaderRecoveryState }) => leader === nodeId && leaderRecoveryState !== RECOVERED)
      .map(({ index, leaderEpoch, isr, partitionEpoch }) => ({
        partitionIndex: index,
        leaderEpoch,
        newIsr: [...isr],
        newIsrWithEpochs: isr.map((brokerId) => ({ brokerId, brokerEpoch: brokerId === nodeId ? brokerEpoch : -1 })),
        leaderRecoveryState: RECOVERED,
        partitionEpoch,
      }));
    if (partitions.length > 0) topics.push({ topicId: topic.id, partitions });
  }
  return { brokerId: nodeId, brokerEpoch, topics };
}
