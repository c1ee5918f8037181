import { ErrorCode } from '../../wire/index.ts';
import type { ElectLeadersRequest } from '../../wire/messages/index.ts';
import type { MetadataRecord } from '../record.ts';
import { NO_LEADER } from '../topics.ts';
import type { Answer } from './apis.ts';
import type { ControllerContext, Decision } from './context.ts';
import { changePartition } from './elections.ts';

type Response = Answer<'electLeaders'>;
type PartitionResult = Response['replicaElectionResults'][number]['partitionResult'][number];
type WantedTopic = NonNullable<ElectLeadersRequest['topicPartitions']>[number];

const PREFERRED = 0;
const UNCLEAN = 1;

/** ElectLeaders (KIP-460): of the partitions named, or with null of all that need it. */
export function electLeaders(context: ControllerContext, request: ElectLeadersRequest): Decision<Response> {
  const { electionType, topicPartitions } = request;
  if (topicPartitions?.length === 0)
    return { records: [], response: { errorCode: ErrorCode.NONE, replicaElectionResults: [] } };
  if (electionType !== PREFERRED && electionType !== UNCLEAN) return unknownType(request);
  const election = electionType === UNCLEAN ? 'unclean' : 'preferred';
  const records: MetadataRecord[] = [];
  const replicaElectionResults = (topicPartitions ?? everyPartition(context)).map(({ topic, partitions }) => {
    const results = partitions.map((index) => electLeader(context, topic, index, election, records));
    return {
      topic,
      partitionResult:
        topicPartitions === null
          ? results.filter(({ errorCode }) => errorCode !== ErrorCode.ELECTION_NOT_NEEDED)
          : results,
    };
  });
  return { records, response: { errorCode: ErrorCode.NONE, replicaElectionResults } };
}

function everyPartition({ image }: ControllerContext): WantedTopic[] {
  return [...image.topics].map(({ name, partitions }) => ({
    topic: name,
    partitions: partitions.map(({ index }) => index),
  }));
}

function unknownType({ electionType, topicPartitions }: ElectLeadersRequest): Decision<Response> {
  const { INVALID_REQUEST } = ErrorCode;
  const replicaElectionResults = (topicPartitions ?? []).map(({ topic, partitions }) => ({
    topic,
    partitionResult: partitions.map((index) =>
      failed(index, INVALID_REQUEST, `there is no election type ${electionType}`),
    ),
  }));
  return { records: [], response: { errorCode: INVALID_REQUEST, replicaElectionResults } };
}

function electLeader(
  context: ControllerContext,
  topicName: string,
  index: number,
  election: 'preferred' | 'unclean',
  records: MetadataRecord[],
): PartitionResult {
  const topic = context.image.topics.byName(topicName);
  const partition = topic?.partitions[index];
  if (topic === undefined) return failed(index, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `there is no topic ${topicName}`);
  if (partition === undefined)
    return failed(index, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `${topicName} has no partition ${index}`);
  const isNeeded =
    election === 'preferred' ? partition.leader !== partition.replicas[0] : partition.leader === NO_LEADER;
  if (!isNeeded) return failed(index, ErrorCode.ELECTION_NOT_NEEDED, 'the leader is the one it should be');
  const isAcceptable = (id: number): boolean => context.isActive(id);
  const record = changePartition(context, topic, partition, { election, isAcceptable });
  if (record === undefined)
    return election === 'preferred'
      ? failed(index, ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE, 'the preferred leader is not in sync or not there')
      : failed(index, ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE, 'no replica that could lead is there');
  records.push(record);
  return { partitionId: index, errorCode: ErrorCode.NONE, errorMessage: null };
}

function failed(partitionId: number, errorCode: number, errorMessage: string): PartitionResult {
  return { partitionId, errorCode, errorMessage };
}
