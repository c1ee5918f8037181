/** A consumer group whose members all speak the classic protocol becomes a classic group (ClassicGroup.fromConsumerGroup). */
import { ClassicGroup } from './classic-group.ts';
import type { Group } from './consumer-group.ts';
import { groupTombstones } from './consumer-group-records.ts';
import type { Member } from './consumer-member.ts';
import { encodedAssignment } from './consumer-protocol.ts';
import { unwatchGroup } from './consumer-watch.ts';
import type { GroupChange } from './group-change.ts';
import { watchSession } from './members.ts';
import { prepareRebalance } from './rebalancing.ts';
import { isWritable } from './storable.ts';
import type { Step } from './step.ts';

/** Whether the group may become a classic one when these members are left. */
export function mayDowngrade(step: Step, left: readonly Member[]): boolean {
  const { migration } = step.config.consumer;
  return (
    left.length > 0 &&
    left.every(({ classic }) => classic !== null) &&
    migration.downgrade &&
    left.length <= step.config.maxSize
  );
}

/**
 * False: the group is too large to be written as a classic one.
 *
 * @param rebalance whether what the members are assigned is out of date
 */
export function downgrade(
  step: Step,
  change: GroupChange,
  {
    groupId,
    group,
    members,
    rebalance,
  }: { groupId: string; group: Group; members: readonly Member[]; rebalance: boolean },
): boolean {
  const { topics } = step.environment.image();
  const classic = ClassicGroup.ofConsumers(
    groupId,
    group.groupEpoch,
    members.map(({ memberId, instanceId, clientId, clientHost, rebalanceTimeoutMs, classic }) => ({
      memberId,
      groupInstanceId: instanceId,
      clientId,
      clientHost,
      rebalanceTimeoutMs,
      sessionTimeoutMs: classic?.sessionTimeoutMs ?? 0,
      protocols: classic?.supportedProtocols ?? [],
    })),
    step.now,
  );
  for (const member of classic.members.values()) {
    const target = group.targets.get(member.memberId) ?? new Map<string, ReadonlySet<number>>();
    member.assignment = encodedAssignment(target, topics, classic.metadataOf(member));
  }
  if (!isWritable(classic, step.config.maxRecordBytes)) return false;
  change.write(...groupTombstones(groupId, group));
  change.write({ type: 'groupMetadata', groupId, value: classic.metadata() });
  change.then(() => {
    unwatchGroup(step, groupId);
    step.adopt(classic);
    for (const member of classic.members.values()) watchSession(step, member);
    if (rebalance) prepareRebalance(step, classic);
  });
  return true;
}
