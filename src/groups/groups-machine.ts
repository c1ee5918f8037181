import { never } from '../base/index.ts';
import type { Machine, Outcome, Ticket } from '../coordinator/index.ts';
import { deletedTopics, deleteGroup, offsetDelete } from './deleting.ts';
import { describeGroup, listGroups } from './describing.ts';
import type { GroupRecord } from './group-records.ts';
import type { GroupReply, GroupRequest, GroupsConfig, GroupsEnvironment } from './group-requests.ts';
import { replayGroupRecord, type Groups } from './group-state.ts';
import { joinGroup } from './joining.ts';
import { leaveGroup } from './leaving.ts';
import { watchSession } from './members.ts';
import { offsetCommit } from './offset-commit.ts';
import { expireOffsets } from './offset-expiry.ts';
import { offsetFetch } from './offset-fetch.ts';
import { endTransaction, txnOffsetCommit } from './pending-offsets.ts';
import { joinDeadlineReached, prepareRebalance } from './rebalancing.ts';
import { heartbeat, sessionExpired } from './sessions.ts';
import { emptySoft, Step, type GroupsSoft } from './step.ts';
import { syncDeadlineReached, syncGroup } from './syncing.ts';

/** The coordinator of all groups in one partition of `__consumer_offsets`. */
export type GroupsMachine = Machine<Groups, GroupsSoft, GroupRequest, GroupReply, GroupRecord>;

/**
 * Mirrors GroupMetadataManager (its classic groups) and OffsetMetadataManager of Kafka 4.3. What is written of a group
 * is hard state; the rebalance under way, sessions and whoever waits are soft, and begin anew with a new coordinator:
 * a group is then as it was when last written, and its members find out by heartbeat that they have to join again.
 */
export function groupsMachine(config: GroupsConfig, environment: GroupsEnvironment): GroupsMachine {
  const outcome = ({ records, replies, soft }: Step): Outcome<GroupReply, GroupRecord> => ({
    records,
    replies,
    wakeAt: soft.deadlines.next() ?? Infinity,
  });
  return {
    hard: () => ({ groups: new Map(), transactions: new Map() }),

    soft(hard, now) {
      const soft = emptySoft();
      const step = new Step({ config, environment, hard, soft, now });
      for (const [groupId, { metadata }] of hard.groups) {
        if (metadata !== undefined && metadata.members.length > 0) load(step, groupId);
      }
      soft.deadlines.set(soft.expiry, now + config.offsetsRetentionCheckIntervalMs);
      return soft;
    },

    handle(hard, soft, input, now) {
      const step = new Step({ config, environment, hard, soft, now });
      const isExpiryDue = handleDue(step);
      // Only a tick looks for expired offsets: a request in the same step would not see them gone.
      if (input.kind === 'request') {
        if (isExpiryDue) soft.deadlines.set(soft.expiry, now);
        handleRequest(step, input.ticket, input.request);
      } else if (isExpiryDue) {
        expireOffsets(step);
      }
      return outcome(step);
    },

    replay: replayGroupRecord,
  };
}

/** A group with members, as it was written: their sessions begin now. */
function load(step: Step, groupId: string): void {
  const group = step.group(groupId);
  if (group === undefined) return;
  step.adopt(group);
  for (const member of group.members.values()) watchSession(step, member);
  // `group.max.size` became smaller: joining again shows who finds a seat, and gives all a chance to commit.
  if (group.members.size > step.config.maxSize) prepareRebalance(step, group);
}

/** Does what is due, but for the expiry of offsets; says whether that is due. */
function handleDue(step: Step): boolean {
  let isExpiryDue = false;
  for (;;) {
    const due = step.soft.deadlines.take(step.now);
    if (due === undefined) return isExpiryDue;
    switch (due.kind) {
      case 'session':
        sessionExpired(step, due.group, due.memberId);
        break;
      case 'join':
        joinDeadlineReached(step, due.group);
        break;
      case 'sync':
        syncDeadlineReached(step, due.group);
        break;
      case 'expiry':
        isExpiryDue = true;
        break;
      default:
        never(due);
    }
  }
}

function handleRequest(step: Step, ticket: Ticket, asked: GroupRequest): void {
  switch (asked.api) {
    case 'joinGroup':
      return joinGroup(step, ticket, asked);
    case 'syncGroup':
      return syncGroup(step, ticket, asked);
    case 'heartbeat':
      return heartbeat(step, ticket, asked);
    case 'leaveGroup':
      return leaveGroup(step, ticket, asked);
    case 'offsetCommit':
      return offsetCommit(step, ticket, asked);
    case 'offsetFetch':
      return offsetFetch(step, ticket, asked);
    case 'listGroups':
      return listGroups(step, ticket, asked);
    case 'describeGroup':
      return describeGroup(step, ticket, asked);
    case 'deleteGroup':
      return deleteGroup(step, ticket, asked);
    case 'offsetDelete':
      return offsetDelete(step, ticket, asked);
    case 'deletedTopics':
      return deletedTopics(step, ticket, asked);
    case 'txnOffsetCommit':
      return txnOffsetCommit(step, ticket, asked);
    case 'endTransaction':
      return endTransaction(step, ticket, asked);
    default:
      never(asked);
  }
}
