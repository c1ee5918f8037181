import { randomUuid } from '../../base/index.ts';
import { ErrorCode } from '../../wire/index.ts';
import type { CreateTopicsRequest } from '../../wire/messages/index.ts';
import { ConfigResourceType } from '../configs.ts';
import { partitionRecord } from '../snapshot-records.ts';
import type { MetadataRecord } from '../record.ts';
import { METADATA_TOPIC, topicNameProblem } from '../topic-name.ts';
import type { Answer } from './apis.ts';
import { configRefusal } from './config-rules.ts';
import { MAX_RECORDS_PER_REQUEST, type ControllerContext, type Decision, type PartialDecision } from './context.ts';
import { assignmentProblem, newPartition, placeReplicas } from './placement.ts';
import { refused, type Refusal } from './refusal.ts';

type Response = Answer<'createTopics'>;
type Result = Response['topics'][number];
type Wanted = CreateTopicsRequest['topics'][number];

/** So many partitions, of several topics, are decided on in one turn of the event loop. */
const PARTITIONS_IN_A_TURN = 500;

/** A CreateTopics request on the way. */
export interface TopicsBeingCreated {
  readonly validateOnly: boolean;
  readonly left: readonly Wanted[];
  readonly created: readonly Result[];
  readonly failed: readonly Result[];
  /** The answer ends with them. */
  readonly namedTwice: readonly Result[];
}

type TopicsDecision = Decision<Response> | PartialDecision<TopicsBeingCreated>;

/**
 * CreateTopics: each topic on its own, all of it or none. Names are checked first, then configs, replicas and partitions,
 * in the order in which Kafka's ReplicationControlManager finds fault.
 */
export function createTopics(context: ControllerContext, request: CreateTopicsRequest): TopicsDecision {
  const times = new Map<string, number>();
  for (const { name } of request.topics) times.set(name, (times.get(name) ?? 0) + 1);
  const once = request.topics.filter(({ name }) => times.get(name) === 1);
  const namedTwice = [...times.keys()]
    .filter((name) => (times.get(name) ?? 0) > 1)
    .map((name) => failure(name, refused(ErrorCode.INVALID_REQUEST, `${name} is named more than once`)));
  const begun = { validateOnly: request.validateOnly, left: once, created: [], failed: [], namedTwice };
  if (partitionsWanted(context, once) <= MAX_RECORDS_PER_REQUEST) return createNextTopics(context, begun);
  const tooMany = `a request creates at most ${MAX_RECORDS_PER_REQUEST} partitions`;
  const failed = once.map(({ name }) => failure(name, refused(ErrorCode.POLICY_VIOLATION, tooMany)));
  return { records: [], response: { topics: [...failed, ...namedTwice] } };
}

/** Goes on with what is left of a request. */
export function createNextTopics(context: ControllerContext, begun: TopicsBeingCreated): TopicsDecision {
  const { validateOnly, namedTwice } = begun;
  const records: MetadataRecord[] = [];
  const created = [...begun.created];
  const failed = [...begun.failed];
  let done = 0;
  for (let partitions = 0; done < begun.left.length && partitions < PARTITIONS_IN_A_TURN; done++) {
    const topic = begun.left[done] as Wanted;
    const outcome = createTopic(context, topic);
    if ('errorCode' in outcome) failed.push(failure(topic.name, outcome));
    else {
      created.push(outcome.result);
      if (!validateOnly) records.push(...outcome.records);
    }
    partitions += 'errorCode' in outcome ? 1 : outcome.partitions;
  }
  const left = begun.left.slice(done);
  if (left.length > 0) return { records, rest: { validateOnly, left, created, failed, namedTwice } };
  return { records, response: { topics: [...created, ...failed, ...namedTwice] } };
}

function failure(name: string, { errorCode, errorMessage }: Refusal): Result {
  return { name, errorCode, errorMessage, configs: [] };
}

function partitionsWanted(context: ControllerContext, topics: readonly Wanted[]): number {
  const normal = context.config.get('num.partitions');
  return topics.reduce((sum, { assignments, numPartitions }) => {
    if (assignments.length > 0) return sum + assignments.length;
    return sum + (numPartitions === -1 ? normal : Math.max(numPartitions, 0));
  }, 0);
}

interface Created {
  readonly records: readonly MetadataRecord[];
  readonly result: Result;
  readonly partitions: number;
}

function createTopic(context: ControllerContext, topic: Wanted): Created | Refusal {
  const { name } = topic;
  const nameProblem = nameRefusal(context, name);
  if (nameProblem !== undefined) return nameProblem;
  const configs = new Map<string, string>();
  for (const { name: key, value } of topic.configs) {
    if (value === null) return refused(ErrorCode.INVALID_CONFIG, `${key} has no value`);
    configs.set(key, value);
  }
  const configProblem = configRefusal(context, { type: ConfigResourceType.topic, name }, configs);
  if (configProblem !== undefined) return configProblem;
  const assignment = topic.assignments.length > 0 ? chosenReplicas(context, topic) : spreadReplicas(context, topic);
  if ('errorCode' in assignment) return assignment;

  const topicId = newTopicId(context);
  const records: MetadataRecord[] = [{ type: 'TopicRecord', value: { name, topicId } }];
  for (const [key, value] of configs)
    records.push({
      type: 'ConfigRecord',
      value: { resourceType: ConfigResourceType.topic, resourceName: name, name: key, value },
    });
  for (const [index, replicas] of assignment.entries())
    records.push({ type: 'PartitionRecord', value: partitionRecord(topicId, newPartition(context, index, replicas)) });
  const result: Result = {
    name,
    topicId,
    errorCode: ErrorCode.NONE,
    errorMessage: null,
    numPartitions: assignment.length,
    replicationFactor: assignment[0]?.length ?? 0,
    configs: describedConfigs(context, configs),
  };
  return { records, result, partitions: assignment.length };
}

function describedConfigs(context: ControllerContext, configs: ReadonlyMap<string, string>): Result['configs'] {
  return context.configs.describeTopic(configs).map(({ name, value, readOnly, configSource, isSensitive }) => ({
    name,
    // Told as it was said, spaces and all.
    value: configs.get(name) ?? value,
    readOnly,
    configSource,
    isSensitive,
  }));
}

function nameRefusal({ image }: ControllerContext, name: string): Refusal | undefined {
  if (name === METADATA_TOPIC) return refused(ErrorCode.INVALID_REQUEST, `${name} is not a topic to be created`);
  const problem = topicNameProblem(name);
  if (problem !== undefined) return refused(ErrorCode.INVALID_TOPIC_EXCEPTION, problem);
  const other = image.topics.collidingWith(name);
  if (other !== undefined)
    return refused(ErrorCode.INVALID_TOPIC_EXCEPTION, `${name} and the topic ${other} would share metric names`);
  if (image.topics.byName(name) === undefined) return undefined;
  return refused(ErrorCode.TOPIC_ALREADY_EXISTS, `a topic ${name} exists`);
}

function newTopicId({ image, random }: ControllerContext): string {
  for (;;) {
    const id = randomUuid(random);
    if (image.topics.byId(id) === undefined) return id;
  }
}

function chosenReplicas(context: ControllerContext, topic: Wanted): (readonly number[])[] | Refusal {
  if (topic.replicationFactor !== -1)
    return refused(ErrorCode.INVALID_REQUEST, 'an assignment leaves the replication factor at -1');
  if (topic.numPartitions !== -1)
    return refused(ErrorCode.INVALID_REQUEST, 'an assignment leaves the number of partitions at -1');
  const byIndex = new Map<number, readonly number[]>();
  let replicaCount: number | undefined;
  for (const { partitionIndex, brokerIds } of topic.assignments) {
    if (byIndex.has(partitionIndex))
      return refused(ErrorCode.INVALID_REPLICA_ASSIGNMENT, `partition ${partitionIndex} is assigned twice`);
    const problem = assignmentProblem(context, brokerIds, replicaCount);
    if (problem !== undefined) return problem;
    replicaCount = brokerIds.length;
    byIndex.set(partitionIndex, brokerIds);
  }
  const assignment: (readonly number[])[] = [];
  for (let index = 0; index < byIndex.size; index++) {
    const replicas = byIndex.get(index);
    if (replicas === undefined)
      return refused(ErrorCode.INVALID_REPLICA_ASSIGNMENT, `partitions count from 0 on, and ${index} is missing`);
    assignment.push(replicas);
  }
  return assignment;
}

function spreadReplicas(context: ControllerContext, topic: Wanted): (readonly number[])[] | Refusal {
  const { numPartitions, replicationFactor } = topic;
  if (replicationFactor < -1 || replicationFactor === 0)
    return refused(ErrorCode.INVALID_REPLICATION_FACTOR, 'a replication factor is 1 or more, or -1 for the default');
  if (numPartitions < -1 || numPartitions === 0)
    return refused(ErrorCode.INVALID_PARTITIONS, 'a topic has 1 or more partitions, or -1 for the default');
  const { config } = context;
  return placeReplicas(
    context,
    numPartitions === -1 ? config.get('num.partitions') : numPartitions,
    replicationFactor === -1 ? config.get('default.replication.factor') : replicationFactor,
  );
}
