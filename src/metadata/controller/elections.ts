import type { MetadataRecord } from '../record.ts';
import { NO_LEADER, type Partition, type Topic } from '../topics.ts';
import type { ControllerContext } from './context.ts';
import { directoryOf, isOnline } from './directories.ts';
import { defaultDirectory } from './placement.ts';
import { completedReassignment } from './reassignment.ts';

/** Whom an election may choose: the preferred replica or nobody else's loss, anyone in sync, or (losing data) anyone alive. */
export type Election = 'preferred' | 'online' | 'unclean';

/** How a topic's partitions find a leader unasked. */
export function electionAllowed(context: ControllerContext, topic: string): Election {
  return context.topicConfig(topic).get('unclean.leader.election.enable') ? 'unclean' : 'online';
}

/** What a partition is to become; what is left out stays, and the leader is elected anew where the old one can't be. */
export interface PartitionTarget {
  readonly isr?: readonly number[];
  readonly replicas?: readonly number[];
  readonly addingReplicas?: readonly number[];
  readonly removingReplicas?: readonly number[];
  readonly leaderRecoveryState?: number;
  readonly election?: Election;
  /** These may have lost what they had: no longer eligible. */
  readonly uncleanShutdown?: readonly number[];
  /** The log directory (uuid) in which a broker has its replica now. */
  readonly directory?: { readonly brokerId: number; readonly directoryId: string };
  /** May it lead? Asked besides membership in the ISR or ELR. */
  readonly isAcceptable: (brokerId: number) => boolean;
}

interface Elected {
  readonly leader: number;
  readonly isUnclean: boolean;
}

const RECOVERING = 1;
const NO_LEADER_CHANGE = -2;

/** Replicas and ISR of a partition as they are to be. */
interface Membership {
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
}

/**
 * The record that takes a partition to its target, or undefined when nothing changes (the rules of Kafka's
 * PartitionChangeBuilder, eligible leader replicas of KIP-966 included). A reassignment whose new replicas are in sync
 * ends here.
 */
export function changePartition(
  context: ControllerContext,
  topic: Topic,
  partition: Partition,
  target: PartitionTarget,
): MetadataRecord | undefined {
  const wanted = {
    replicas: target.replicas ?? partition.replicas,
    addingReplicas: target.addingReplicas ?? partition.addingReplicas,
    removingReplicas: target.removingReplicas ?? partition.removingReplicas,
  };
  const wantedIsr = target.isr ?? partition.isr;
  const { replicas, addingReplicas, removingReplicas, isr } = completedReassignment(wanted, wantedIsr) ?? {
    ...wanted,
    isr: wantedIsr,
  };
  const elected = electedLeader(context, topic, partition, { replicas, isr }, target);
  const { leader } = elected;
  const recovery = elected.isUnclean ? RECOVERING : (target.leaderRecoveryState ?? partition.leaderRecoveryState);
  const lastKnown = context.isElrEnabled ? targetLastKnown(partition, leader) : [];
  // Whoever lost a replica must not be followed in the old epoch any more.
  const losesReplicas = partition.replicas.some((replica) => !replicas.includes(replica));
  const directories = replicas.map((replica) =>
    replica === target.directory?.brokerId
      ? target.directory.directoryId
      : (partition.directories[partition.replicas.indexOf(replica)] ?? defaultDirectory(context, replica)),
  );
  const changes = {
    replicas: ifChanged(replicas, partition.replicas),
    addingReplicas: ifChanged(addingReplicas, partition.addingReplicas),
    removingReplicas: ifChanged(removingReplicas, partition.removingReplicas),
    directories: ifChanged(directories, partition.directories),
    isr: ifChanged(elected.isr, partition.isr),
    eligibleLeaderReplicas: ifChanged(elected.elr, partition.eligibleLeaderReplicas),
    lastKnownElr: ifChanged(lastKnown, partition.lastKnownEligibleLeaderReplicas),
    leader: leader !== partition.leader || losesReplicas ? leader : NO_LEADER_CHANGE,
    leaderRecoveryState: recovery === partition.leaderRecoveryState ? -1 : recovery,
  };
  const { leader: _leader, leaderRecoveryState: _recovery, ...lists } = changes;
  const isNothing =
    changes.leader === NO_LEADER_CHANGE &&
    changes.leaderRecoveryState === -1 &&
    Object.values(lists).every((list) => list === null);
  if (isNothing) return undefined;
  return { type: 'PartitionChangeRecord', value: { partitionId: partition.index, topicId: topic.id, ...changes } };
}

/** The leader, and the ISR and eligible leader replicas that this choice leaves. */
function electedLeader(
  context: ControllerContext,
  topic: Topic,
  partition: Partition,
  { replicas, isr }: Membership,
  target: PartitionTarget,
): Elected & { readonly isr: readonly number[]; readonly elr: readonly number[] } {
  const { isElrEnabled } = context;
  const elr = isElrEnabled ? targetElr(context, topic, partition, isr, target.uncleanShutdown ?? []) : [];
  // A replica in a directory that is offline is as good as none.
  const isAcceptable = (replica: number): boolean => {
    const broker = context.image.brokers.get(replica);
    const directory =
      replica === target.directory?.brokerId ? target.directory.directoryId : directoryOf(partition, replica);
    return broker !== undefined && isOnline(broker, directory) && target.isAcceptable(replica);
  };
  const { leader, isUnclean } = elect(partition, { replicas, isr }, elr, isElrEnabled, { ...target, isAcceptable });
  if (isUnclean) return { leader, isUnclean, isr: [leader], elr: [] };
  if (leader !== NO_LEADER && elr.includes(leader))
    return { leader, isUnclean, isr: [leader], elr: elr.filter((replica) => replica !== leader) };
  // Without ELR the last member stays in the ISR, so that it can lead again.
  return { leader, isUnclean, isr: isr.length === 0 && !isElrEnabled ? partition.isr : isr, elr };
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
  // A topic has the replication factor of its first partition, also while others are being reassigned.
  const replicationFactor = topic.partitions[0]?.replicas.length ?? partition.replicas.length;
  if (isr.length >= Math.min(minIsr, replicationFactor)) return [];
  return [...new Set([...partition.eligibleLeaderReplicas, ...partition.isr])].filter(
    (replica) => !isr.includes(replica) && !uncleanShutdown.includes(replica),
  );
}

/** Remembered from when a partition loses its leader until it has one again. */
function targetLastKnown(partition: Partition, leader: number): readonly number[] {
  if (leader !== NO_LEADER) return [];
  const { leader: before, lastKnownEligibleLeaderReplicas: known } = partition;
  return known.length === 0 && before !== NO_LEADER ? [before] : known;
}

function elect(
  partition: Partition,
  { replicas, isr }: Membership,
  elr: readonly number[],
  isElrEnabled: boolean,
  { election = 'online', isAcceptable }: PartitionTarget,
): Elected {
  const canLead = (replica: number): boolean =>
    (isr.includes(replica) || (isr.length === 0 && elr.includes(replica))) && isAcceptable(replica);
  const preferred = replicas[0];
  if (election === 'preferred' && preferred !== undefined && canLead(preferred))
    return { leader: preferred, isUnclean: false };
  if (canLead(partition.leader)) return { leader: partition.leader, isUnclean: false };
  const inSync = replicas.find(canLead);
  if (inSync !== undefined) return { leader: inSync, isUnclean: false };
  const [lastKnown, ...more] = partition.lastKnownEligibleLeaderReplicas;
  const nobodyEligible = isElrEnabled && isr.length === 0 && elr.length === 0;
  if (nobodyEligible && lastKnown !== undefined && more.length === 0 && isAcceptable(lastKnown))
    return { leader: lastKnown, isUnclean: true };
  if (election === 'unclean') {
    const alive = replicas.find(isAcceptable);
    if (alive !== undefined) return { leader: alive, isUnclean: true };
  }
  return { leader: NO_LEADER, isUnclean: false };
}

/** For a record, in which null stands for what stays. */
function ifChanged<Member>(after: readonly Member[], before: readonly Member[]): Member[] | null {
  const isSame = after.length === before.length && after.every((member, place) => member === before[place]);
  return isSame ? null : [...after];
}
