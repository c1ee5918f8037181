import { memberRecord } from './consumer-group-records.ts';
import type { Member } from './consumer-member.ts';
import type { MemberUpdate } from './consumer-subscriptions.ts';
import type { GroupChange } from './group-change.ts';

/** Writes what a member says of itself, if that is new. Says whether it subscribes to other topic names than before. */
export function writeMember(change: GroupChange, groupId: string, { before, after }: MemberUpdate): boolean {
  if (isSame(before, after)) return false;
  change.write(memberRecord(groupId, after));
  return !isSameList(before.subscribedTopicNames, after.subscribedTopicNames);
}

function isSame(a: Member, b: Member): boolean {
  return (
    a.instanceId === b.instanceId &&
    a.rackId === b.rackId &&
    a.clientId === b.clientId &&
    a.clientHost === b.clientHost &&
    a.rebalanceTimeoutMs === b.rebalanceTimeoutMs &&
    isSameList(a.subscribedTopicNames, b.subscribedTopicNames) &&
    a.subscribedTopicRegex === b.subscribedTopicRegex &&
    a.serverAssignor === b.serverAssignor &&
    isSameClassic(a.classic, b.classic)
  );
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, i) => each === b[i]);
}

function isSameClassic(a: Member['classic'], b: Member['classic']): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.sessionTimeoutMs === b.sessionTimeoutMs &&
    a.supportedProtocols.length === b.supportedProtocols.length &&
    a.supportedProtocols.every(({ name, metadata }, i) => {
      const other = b.supportedProtocols[i];
      return other?.name === name && other.metadata.equals(metadata);
    })
  );
}
