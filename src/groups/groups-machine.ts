import { never } from '../base/index.ts';
import type { Machine, Outcome, Ticket } from '../coordinator/index.ts';
import { describeConsumerGroup } from './consumer-describing.ts';
import { consumerGroupHeartbeat } from './consumer-heartbeat.ts';
import { MemberState } from './consumer-member.ts';
import { resolveRegexes } from './consumer-regexes.ts';
import { watchMember, watchRevocation } from './consumer-watch.ts';
import { deletedTopics, deleteGroup, offsetDelete } from './deleting.ts';
import { describeGroup, listGroups } from './describing.ts';
import { memberDue } from './fencing.ts';
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
import type { Group } from './consumer-group.ts';
import type { Deadline } from './deadlines.ts';
import { emptySoft, Step, type ConsumerGroupDue, type Due, type GroupsSoft } from './step.ts';
import { syncDeadlineReached, syncGroup } from './syncing.ts';

/** The coordinator of all groups in one partition of `__consumer_offsets`. */
export type GroupsMachine = Machine<Groups, GroupsSoft, GroupRequest, GroupReply, GroupRecord>;

/**
 * Mirrors GroupMetadataManager (its classic and consumer groups) and OffsetMetadataManager of Kafka 4.3. What is written of
 * a group is hard state; sessions and whoever waits are soft, and begin anew with a new coordinator. Of a classic group the
 * rebalance under way is soft too: it is then as it was when last written, and its members find out by heartbeat that they
 * have to join again. Of a consumer group the log has everything, and its members go on as if nothing had happened.
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
      for (const [groupId, { metadata, consumer }] of hard.groups) {
        if (consumer !== undefined) loadConsumerGroup(step, groupId, consumer);
        else if (metadata !== undefined && metadata.members.length > 0) load(step, groupId);
      }
      soft.deadlines.set(soft.expiry, now + config.offsetsRetentionCheckIntervalMs);
      return soft;
    },

    handle(hard, soft, input, now) {
      const step = new Step({ config, environment, hard, soft, now });
      const isExpiryDue = handleDue(step, { isTick: input.kind === 'tick' });
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

/** Consumer groups are as they were written: their sessions begin now. */
function loadConsumerGroup(step: Step, groupId: string, group: Group): void {
  for (const member of group.members.values()) {
    watchMember(step, groupId, member.memberId);
    if (member.state === MemberState.unrevokedPartitions) watchRevocation(step, groupId, member);
  }
}

/**
 * Does what is due, but for the expiry of offsets; says whether that is due. What concerns a consumer group is decided on
 * what the log has of it, so it waits for a tick where nothing of the group is decided yet.
 */
function handleDue(step: Step, { isTick }: { readonly isTick: boolean }): boolean {
  let isExpiryDue = false;
  const touched = new Set<string>();
  const postponed: Deadline<Due>[] = [];
  for (;;) {
    const taken = step.soft.deadlines.take(step.now);
    if (taken === undefined) break;
    const due = taken.what;
    switch (due.kind) {
      case 'consumerMember':
      case 'consumerRebalance':
      case 'consumerRegexes':
        if (isTick && !touched.has(due.groupId)) {
          touched.add(due.groupId);
          consumerGroupDue(step, due);
        } else postponed.push(taken);
        break;
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
  for (const each of postponed) step.soft.deadlines.set(each, step.now);
  if (isExpiryDue && touched.size > 0) {
    step.soft.deadlines.set(step.soft.expiry, step.now);
    return false;
  }
  return isExpiryDue;
}

function consumerGroupDue(step: Step, due: ConsumerGroupDue): void {
  if (due.kind === 'consumerRegexes') resolveRegexes(step, due.groupId);
  else memberDue(step, due);
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
    case 'consumerGroupHeartbeat':
      return consumerGroupHeartbeat(step, ticket, asked);
    case 'describeConsumerGroup':
      return describeConsumerGroup(step, ticket, asked);
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
