import { ErrorCode } from '../../wire/index.ts';
import type { ElectLeadersRequest } from '../../wire/messages/index.ts';
import type { MetadataRecord } from '../record.ts';
import { NO_LEADER, type Partition, type Topic } from '../topics.ts';
import type { Answer } from './apis.ts';
import type { ControllerContext, Decision } from './context.ts';

/** Whom an election may choose: the preferred replica or nobody else's loss, anyone in sync, or (losing data) anyone alive. */
export type Election = 'preferred' | 'online' | 'unclean';

/** What a partition is to become; what is left out stays, and the leader is elected anew where the old one can't be. */
export interface PartitionTarget {
  readonly isr?: readonly number[];
  readonly leaderRecoveryState?: number;
  readonly election?: Election;
  /** These may have lost what they had: no longer eligible. */
  readonly uncleanShutdown?: readonly number[];
  /** May it lead? Asked besides membership in the ISR or ELR. */
  readonly isAcceptable: (brokerId: number) => boolean;
}

interface Elected {
  readonly leader: number;
  readonly isUnclean: boolean;
}

const RECOVERING = 1;

/**
 * The record that takes a partition to its target, or undefined when nothing changes
 * (the rules of Kafka's PartitionChangeBuilder, eligible leader replicas of KIP-966 included).
 */
export function changePartition(
  context: ControllerContext,
  topic: Topic,
  partition: Partition,
  target: PartitionTarget,
): MetadataRecord | undefined {
  const elrEnabled = context.isElrEnabled;
  let isr = target.isr ?? partition.isr;
  let elr = elrEnabled ? targetElr(context, topic, partition, isr, target.uncleanShutdown ?? []) : [];
  const { leader, isUnclean } = elect(partition, isr, elr, elrEnabled, target);
  if (leader !== NO_LEADER && elr.includes(leader)) {
    isr = [leader];
    elr = elr.filter((replica) => replica !== leader);
  }
  if (isUnclean) isr = [leader];
  // Without ELR the last member stays in the ISR, so that it can lead again.
  if (isr.length === 0 && !elrEnabled) isr = partition.isr;
  const recovery = isUnclean ? RECOVERING : (target.leaderRecoveryState ?? partition.leaderRecoveryState);
  const lastKnown = elrEnabled ? targetLastKnown(partition, isr, leader) : [];

  const leaderChanged = leader !== partition.leader;
  const changes = {
    isr: sameMembers(isr, partition.isr) ? null : [...isr],
    leader: leaderChanged ? leader : -2,
    leaderRecoveryState: recovery === partition.leaderRecoveryState ? -1 : recovery,
    eligibleLeaderReplicas: sameMembers(elr, partition.eligibleLeaderReplicas) ? null : [...elr],
    lastKnownElr: sameMembers(lastKnown, partition.lastKnownEligibleLeaderReplicas) ? null : [...lastKnown],
  };
  const isNothing =
    !leaderChanged &&
    changes.isr === null &&
    changes.leaderRecoveryState === -1 &&
    changes.eligibleLeaderReplicas === null &&
    changes.lastKnownElr === null;
  if (isNothing) return undefined;
  return {
    type: 'PartitionChangeRecord',
    value: {
      partitionId: partition.index,
      topicId: topic.id,
      replicas: null,
      removingReplicas: null,
      addingReplicas: null,
      directories: null,
      ...changes,
    },
  };
}

/** Who left an ISR that is now below the minimum may still hold all that is committed. */
function targetElr(
  context: ControllerContext,
  topic: Topic,
  partition: Partition,
  isr: readonly number[],
  uncleanShutdown: readonly number[],
): readonly number[] {
  const minIsr = context.topicConfig(topic.name).get('min.insync.replicas');
  if (isr.length >= Math.min(minIsr, partition.replicas.length)) return [];
  return [...new Set([...partition.eligibleLeaderReplicas, ...partition.isr])].filter(
    (replica) => !isr.includes(replica) && !uncleanShutdown.includes(replica),
  );
}

/** Remembered from when a partition loses its last in-sync replica until it has a leader again. */
function targetLastKnown(partition: Partition, isr: readonly number[], leader: number): readonly number[] {
  if (leader !== NO_LEADER) return [];
  const { leader: before, lastKnownEligibleLeaderReplicas: known } = partition;
  return isr.length === 0 && before !== NO_LEADER ? [before] : known;
}

function elect(
  partition: Partition,
  isr: readonly number[],
  elr: readonly number[],
  elrEnabled: boolean,
  { election = 'online', isAcceptable }: PartitionTarget,
): Elected {
  const canLead = (replica: number): boolean =>
    (isr.includes(replica) || (isr.length === 0 && elr.includes(replica))) && isAcceptable(replica);
  const preferred = partition.replicas[0];
  if (election === 'preferred' && preferred !== undefined && canLead(preferred))
    return { leader: preferred, isUnclean: false };
  if (canLead(partition.leader)) return { leader: partition.leader, isUnclean: false };
  const inSync = partition.replicas.find(canLead);
  if (inSync !== undefined) return { leader: inSync, isUnclean: false };
  const [lastKnown, ...more] = partition.lastKnownEligibleLeaderReplicas;
  const nobodyEligible = elrEnabled && isr.length === 0 && elr.length === 0;
  if (nobodyEligible && lastKnown !== undefined && more.length === 0 && isAcceptable(lastKnown))
    return { leader: lastKnown, isUnclean: true };
  if (election === 'unclean') {
    const alive = partition.replicas.find(isAcceptable);
    if (alive !== undefined) return { leader: alive, isUnclean: true };
  }
  return { leader: NO_LEADER, isUnclean: false };
}

function sameMembers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((member, place) => member === b[place]);
}

type ElectLeadersResponse = Answer<'electLeaders'>;
type PartitionResult = ElectLeadersResponse['replicaElectionResults'][number]['partitionResult'][number];

const PREFERRED = 0;
const UNCLEAN = 1;

/** ElectLeaders (KIP-460): of the partitions named, or with null of all that need it. */
export function electLeaders(context: ControllerContext, request: ElectLeadersRequest): Decision<ElectLeadersResponse> {
  const records: MetadataRecord[] = [];
  const everyTopic = request.topicPartitions === null;
  const wanted =
    request.topicPartitions ??
    [...context.image.topics].map(({ name, partitions }) => ({
      topic: name,
      partitions: partitions.map(({ index }) => index),
    }));
  const isKnown = request.electionType === PREFERRED || request.electionType === UNCLEAN;
  const replicaElectionResults = wanted.map(({ topic, partitions }) => {
    const partitionResult: PartitionResult[] = [];
    for (const index of partitions) {
      const result = isKnown
        ? electLeader(context, topic, index, request.electionType === UNCLEAN ? 'unclean' : 'preferred', records)
        : failed(index, ErrorCode.INVALID_REQUEST, `there is no election type ${request.electionType}`);
      if (!everyTopic || result.errorCode !== ErrorCode.ELECTION_NOT_NEEDED) partitionResult.push(result);
    }
    return { topic, partitionResult };
  });
  const errorCode = isKnown ? ErrorCode.NONE : ErrorCode.INVALID_REQUEST;
  return { records, response: { errorCode, replicaElectionResults } };
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
  if (record?.type !== 'PartitionChangeRecord' || record.value.leader === -2 || record.value.leader === NO_LEADER)
    return election === 'preferred'
      ? failed(index, ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE, 'the preferred leader is not in sync or not there')
      : failed(index, ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE, 'no replica that could lead is there');
  if (election === 'preferred' && record.value.leader !== partition.replicas[0])
    return failed(index, ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE, 'the preferred leader is not in sync or not there');
  records.push(record);
  return { partitionId: index, errorCode: ErrorCode.NONE, errorMessage: null };
}

function failed(partitionId: number, errorCode: number, errorMessage: string): PartitionResult {
  return { partitionId, errorCode, errorMessage };
}
