import { ErrorCode } from '../../wire/index.ts';
import type { CreatePartitionsRequest } from '../../wire/messages/index.ts';
import { partitionRecord } from '../snapshot-records.ts';
import type { MetadataRecord } from '../record.ts';
import type { Answer } from './apis.ts';
import { MAX_RECORDS_PER_REQUEST, type ControllerContext, type Decision } from './context.ts';
import { assignmentProblem, newPartition, placeReplicas } from './placement.ts';
import { refused, type Refusal } from './refusal.ts';

type Response = Answer<'createPartitions'>;
type Wanted = CreatePartitionsRequest['topics'][number];

/** CreatePartitions: raises the number of partitions to `count`, each topic on its own. */
export function createPartitions(context: ControllerContext, request: CreatePartitionsRequest): Decision<Response> {
  const records: MetadataRecord[] = [];
  const times = new Map<string, number>();
  for (const { name } of request.topics) times.set(name, (times.get(name) ?? 0) + 1);
  const twice = [...times.keys()].filter((name) => (times.get(name) ?? 0) > 1);
  const results: Response['results'][number][] = twice.map((name) => ({
    name,
    errorCode: ErrorCode.INVALID_REQUEST,
    errorMessage: `${name} is named more than once`,
  }));
  for (const topic of request.topics) {
    const { name } = topic;
    if (times.get(name) !== 1) continue;
    const outcome = addPartitions(context, topic);
    if ('errorCode' in outcome) {
      results.push({ name, ...outcome });
    } else {
      results.push({ name, errorCode: ErrorCode.NONE, errorMessage: null });
      if (!request.validateOnly) records.push(...outcome);
    }
  }
  return { records, response: { results } };
}

function addPartitions(context: ControllerContext, { name, count, assignments }: Wanted): MetadataRecord[] | Refusal {
  const topic = context.image.topics.byName(name);
  if (topic === undefined) return refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, null);
  const before = topic.partitions.length;
  if (count === before) return refused(ErrorCode.INVALID_PARTITIONS, `${name} has ${before} partitions already`);
  if (count < before)
    return refused(ErrorCode.INVALID_PARTITIONS, `${name} has ${before} partitions: ${count} would not be more`);
  const additional = count - before;
  if (assignments !== null && assignments.length !== additional)
    return refused(
      ErrorCode.INVALID_REPLICA_ASSIGNMENT,
      `${additional} partitions are to be added, and ${assignments.length} assigned`,
    );
  // Kafka's controller fails on a batch of that size, too, without a code of its own for it.
  if (additional > MAX_RECORDS_PER_REQUEST) return refused(ErrorCode.UNKNOWN_SERVER_ERROR, null);
  const replicationFactor = topic.partitions[0]?.replicas.length ?? 1;
  const placed =
    assignments === null
      ? placeReplicas(context, additional, replicationFactor)
      : chosenReplicas(context, assignments, replicationFactor);
  if ('errorCode' in placed) return placed;
  return placed.map((replicas, place) => ({
    type: 'PartitionRecord',
    value: partitionRecord(topic.id, newPartition(context, before + place, replicas)),
  }));
}

function chosenReplicas(
  context: ControllerContext,
  assignments: NonNullable<Wanted['assignments']>,
  replicationFactor: number,
): (readonly number[])[] | Refusal {
  for (const { brokerIds } of assignments) {
    const problem = assignmentProblem(context, brokerIds, replicationFactor);
    if (problem !== undefined) return problem;
  }
  return assignments.map(({ brokerIds }) => brokerIds);
}
