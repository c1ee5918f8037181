import { ErrorCode } from '../../wire/index.ts';
import type { AlterPartitionReassignmentsRequest } from '../../wire/messages/index.ts';
import type { MetadataRecord } from '../record.ts';
import type { Partition, Topic } from '../topics.ts';
import type { Answer } from './apis.ts';
import type { ControllerContext, Decision } from './context.ts';
import { changePartition, electionAllowed, type PartitionTarget } from './elections.ts';
import { chosenBrokersProblem } from './placement.ts';
import { isReassigning, reassignmentTo, revertedReassignment } from './reassignment.ts';
import { refused, type Refusal } from './refusal.ts';

type Response = Answer<'alterPartitionReassignments'>;

/**
 * AlterPartitionReassignments (KIP-455): each partition on its own gets other replicas, or with null keeps those it had.
 * New replicas are added first; the old ones go when the new ones are in sync, at once where they are already.
 */
export function alterPartitionReassignments(
  context: ControllerContext,
  request: AlterPartitionReassignmentsRequest,
): Decision<Response> {
  // Kafka does not look at the rest of a request for nothing, and leaves the message empty.
  if (request.topics.length === 0)
    return { records: [], response: { errorCode: ErrorCode.NONE, errorMessage: '', responses: [] } };
  const { allowReplicationFactorChange } = request;
  const records: MetadataRecord[] = [];
  const responses = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex, replicas }) => {
      const outcome = reassign(context, name, partitionIndex, replicas, allowReplicationFactorChange);
      if (outcome !== undefined && 'errorCode' in outcome) return { partitionIndex, ...outcome };
      if (outcome !== undefined) records.push(outcome);
      return { partitionIndex, errorCode: ErrorCode.NONE, errorMessage: null };
    }),
  }));
  const response = { errorCode: ErrorCode.NONE, errorMessage: null, allowReplicationFactorChange, responses };
  return { records, response };
}

function reassign(
  context: ControllerContext,
  name: string,
  index: number,
  replicas: readonly number[] | null,
  mayChangeReplicationFactor: boolean,
): MetadataRecord | Refusal | undefined {
  const topic = context.image.topics.byName(name);
  const partition = topic?.partitions[index];
  if (topic === undefined) return refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `there is no topic ${name}`);
  if (partition === undefined)
    return refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `${name} has no partition ${index}`);
  const target =
    replicas === null
      ? cancellation(context, topic, partition)
      : newAssignment(context, partition, replicas, mayChangeReplicationFactor);
  if ('errorCode' in target) return target;
  const isAcceptable = (id: number): boolean => context.isActive(id);
  return changePartition(context, topic, partition, { ...target, isAcceptable });
}

function cancellation(
  context: ControllerContext,
  topic: Topic,
  partition: Partition,
): Omit<PartitionTarget, 'isAcceptable'> | Refusal {
  if (!isReassigning(partition)) return refused(ErrorCode.NO_REASSIGNMENT_IN_PROGRESS, null);
  const before = revertedReassignment(partition);
  if (before === undefined)
    return refused(ErrorCode.INVALID_REPLICA_ASSIGNMENT, 'all replicas are new: there is nothing to go back to');
  const election = electionAllowed(context, topic.name);
  if (before.isUnclean && election !== 'unclean')
    return refused(
      ErrorCode.INVALID_REPLICA_ASSIGNMENT,
      'the replicas of before are not in sync, and unclean leader election is not enabled',
    );
  const { replicas, isr } = before;
  return { replicas, isr, addingReplicas: [], removingReplicas: [], election };
}

function newAssignment(
  context: ControllerContext,
  partition: Partition,
  replicas: readonly number[],
  mayChangeReplicationFactor: boolean,
): Omit<PartitionTarget, 'isAcceptable'> | Refusal {
  const problem = chosenBrokersProblem(context, replicas, undefined);
  if (problem !== undefined) return problem;
  const count = partition.replicas.length - partition.removingReplicas.length;
  if (!mayChangeReplicationFactor && replicas.length !== count)
    return refused(
      ErrorCode.INVALID_REPLICATION_FACTOR,
      `the partition has ${count} replicas, and would have ${replicas.length}`,
    );
  // An earlier reassignment that is still under way is forgotten. Kafka keeps what it had left to do where the new one has
  // nothing to add or to remove, so that a move back by name would never end.
  return reassignmentTo(replicas, partition.replicas);
}
