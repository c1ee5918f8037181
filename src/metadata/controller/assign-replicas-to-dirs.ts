import { ErrorCode } from '../../wire/index.ts';
import type { AssignReplicasToDirsRequest } from '../../wire/messages/index.ts';
import type { MetadataRecord } from '../record.ts';
import type { Answer } from './apis.ts';
import { epochProblem } from './brokers.ts';
import type { ControllerContext, Decision } from './context.ts';
import { isOnline } from './directories.ts';
import { changePartition } from './elections.ts';

/** AssignReplicasToDirs (KIP-858): a broker tells in which of its directories its replicas lie. */
export function assignReplicasToDirs(
  context: ControllerContext,
  request: AssignReplicasToDirsRequest,
): Decision<Answer<'assignReplicasToDirs'>> {
  const { brokerId, brokerEpoch } = request;
  const broker = context.image.brokers.get(brokerId);
  const problem = epochProblem(broker, brokerEpoch);
  if (broker === undefined || problem !== undefined)
    return { records: [], response: { errorCode: problem ?? ErrorCode.UNKNOWN_SERVER_ERROR, directories: [] } };
  const records: MetadataRecord[] = [];
  const assign = (topicId: string, index: number, directoryId: string): number => {
    const topic = context.image.topics.byId(topicId);
    if (topic === undefined) return ErrorCode.UNKNOWN_TOPIC_ID;
    const partition = topic.partitions[index];
    if (partition === undefined) return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    if (!partition.replicas.includes(brokerId)) return ErrorCode.NOT_LEADER_OR_FOLLOWER;
    const record = changePartition(context, topic, partition, {
      directory: { brokerId, directoryId },
      ...(isOnline(broker, directoryId) ? {} : { isr: partition.isr.filter((id) => id !== brokerId) }),
      isAcceptable: (id) => context.isActive(id),
    });
    if (record !== undefined) records.push(record);
    return ErrorCode.NONE;
  };
  const directories = request.directories.map(({ id, topics }) => ({
    id,
    topics: topics.map(({ topicId, partitions }) => ({
      topicId,
      partitions: partitions.map(({ partitionIndex }) => ({
        partitionIndex,
        errorCode: assign(topicId, partitionIndex, id),
      })),
    })),
  }));
  return { records, response: { errorCode: ErrorCode.NONE, directories } };
}
