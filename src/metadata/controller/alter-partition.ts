import { ErrorCode } from '../../wire/index.ts';
import type { AlterPartitionRequest } from '../../wire/messages/index.ts';
import type { MetadataRecord } from '../record.ts';
import { changedPartition, type Partition, type Topic } from '../topics.ts';
import type { Answer } from './apis.ts';
import type { ControllerContext, Decision } from './context.ts';
import { changePartition, electionAllowed } from './elections.ts';

type Response = Answer<'alterPartition'>;
type WantedPartition = AlterPartitionRequest['topics'][number]['partitions'][number];
type PartitionResult = NonNullable<Response['topics']>[number]['partitions'][number];

const RECOVERED = 0;

/** AlterPartition (KIP-497): a leader tells its new ISR, or that it has recovered from an unclean election. */
export function alterPartition(context: ControllerContext, request: AlterPartitionRequest): Decision<Response> {
  const { brokerId, brokerEpoch } = request;
  const broker = context.image.brokers.get(brokerId);
  if (broker === undefined || broker.epoch !== brokerEpoch)
    return { records: [], response: { errorCode: ErrorCode.STALE_BROKER_EPOCH, topics: [] } };
  const records: MetadataRecord[] = [];
  const topics = request.topics.map(({ topicId, partitions }) => {
    const topic = context.image.topics.byId(topicId);
    return {
      topicId,
      partitions: partitions.map((wanted): PartitionResult => {
        if (topic === undefined) return failed(wanted, ErrorCode.UNKNOWN_TOPIC_ID);
        const partition = topic.partitions[wanted.partitionIndex];
        if (partition === undefined) return failed(wanted, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        const isr = newIsr(wanted);
        const problem = problemOf(context, brokerId, partition, wanted, isr);
        if (problem !== undefined) return failed(wanted, problem);
        const after = altered(context, topic, partition, wanted, isr, records);
        // The leader was reassigned away: the partition is no longer its own to tell of.
        if (after.leader !== brokerId) return failed(wanted, ErrorCode.NEW_LEADER_ELECTED);
        return result(after);
      }),
    };
  });
  return { records, response: { errorCode: ErrorCode.NONE, topics } };
}

function altered(
  context: ControllerContext,
  topic: Topic,
  partition: Partition,
  { leaderRecoveryState }: WantedPartition,
  isr: readonly number[],
  records: MetadataRecord[],
): Partition {
  const record = changePartition(context, topic, partition, {
    isr,
    leaderRecoveryState,
    election: electionAllowed(context, topic.name),
    isAcceptable: (id) => context.isActive(id),
  });
  if (record?.type !== 'PartitionChangeRecord') return partition;
  records.push(record);
  return changedPartition(partition, record.value);
}

/** Version 3 names the members with their broker epochs, version 2 without. */
function newIsr({ newIsr: ids, newIsrWithEpochs: members }: WantedPartition): readonly number[] {
  return members.length > 0 ? members.map(({ brokerId }) => brokerId) : ids;
}

function problemOf(
  context: ControllerContext,
  brokerId: number,
  partition: Partition,
  wanted: WantedPartition,
  isr: readonly number[],
): number | undefined {
  // The leader knows what we don't: it heard of a later controller.
  if (wanted.leaderEpoch > partition.leaderEpoch || wanted.partitionEpoch > partition.partitionEpoch)
    return ErrorCode.NOT_CONTROLLER;
  if (wanted.leaderEpoch < partition.leaderEpoch) return ErrorCode.FENCED_LEADER_EPOCH;
  if (brokerId !== partition.leader) return ErrorCode.INVALID_REQUEST;
  if (wanted.partitionEpoch < partition.partitionEpoch) return ErrorCode.INVALID_UPDATE_VERSION;
  const isProper =
    new Set(isr).size === isr.length && isr.includes(brokerId) && isr.every((id) => partition.replicas.includes(id));
  if (!isProper) return ErrorCode.INVALID_REQUEST;
  if (wanted.leaderRecoveryState !== RECOVERED && wanted.leaderRecoveryState !== 1) return ErrorCode.INVALID_REQUEST;
  if (wanted.leaderRecoveryState !== RECOVERED && isr.length > 1) return ErrorCode.INVALID_REQUEST;
  if (wanted.leaderRecoveryState !== RECOVERED && partition.leaderRecoveryState === RECOVERED)
    return ErrorCode.INVALID_REQUEST;
  const isEligible = (id: number): boolean => {
    const stated = wanted.newIsrWithEpochs.find((member) => member.brokerId === id)?.brokerEpoch ?? -1;
    return context.isActive(id) && (stated === -1 || stated === context.image.brokers.get(id)?.epoch);
  };
  return isr.every(isEligible) ? undefined : ErrorCode.INELIGIBLE_REPLICA;
}

function result(partition: Partition): PartitionResult {
  return {
    partitionIndex: partition.index,
    errorCode: ErrorCode.NONE,
    leaderId: partition.leader,
    leaderEpoch: partition.leaderEpoch,
    isr: [...partition.isr],
    leaderRecoveryState: partition.leaderRecoveryState,
    partitionEpoch: partition.partitionEpoch,
  };
}

function failed({ partitionIndex }: WantedPartition, errorCode: number): PartitionResult {
  return { partitionIndex, errorCode, leaderId: 0, leaderEpoch: 0, isr: [], partitionEpoch: 0 };
}
