/** ConsumerGroupDescribe 0-1: epochs, members, what they own and are to own (ConsumerGroup.asDescribedGroup). */
import type { Ticket } from '../coordinator/index.ts';
import type { Topics } from '../metadata/index.ts';
import { ErrorCode } from '../wire/index.ts';
import { stateOf } from './consumer-group.ts';
import { existingConsumerGroup } from './consumer-seats.ts';
import type { GroupApis, GroupRequest } from './group-requests.ts';
import { sorted } from './partitions.ts';
import { Refusal } from './refusal.ts';
import type { Step } from './step.ts';
import { mostWanted } from './target-assignment.ts';

type Described = GroupApis['describeConsumerGroup']['response'];

/** Of version 1: which protocol the member speaks. */
const MEMBER_TYPE = { classic: 0, consumer: 1 } as const;

export function describeConsumerGroup(
  step: Step,
  ticket: Ticket,
  { request: { groupId } }: GroupRequest<'describeConsumerGroup'>,
): void {
  step.answer(ticket, 'describeConsumerGroup', describe(step, groupId));
}

function describe(step: Step, groupId: string): Described {
  const group = existingConsumerGroup(step, groupId);
  if (group instanceof Refusal) {
    const { errorCode, errorMessage } = group;
    const nothing = { groupState: '', groupEpoch: 0, assignmentEpoch: 0, assignorName: '', members: [] };
    return { errorCode, errorMessage, groupId, ...nothing };
  }
  const { topics } = step.environment.image();
  return {
    errorCode: ErrorCode.NONE,
    groupId,
    groupState: stateOf(group),
    groupEpoch: group.groupEpoch,
    assignmentEpoch: group.assignmentEpoch,
    assignorName: mostWanted(step, group.assignors),
    members: [...group.members.values()].map((member) => ({
      memberId: member.memberId,
      instanceId: member.instanceId,
      rackId: member.rackId,
      memberEpoch: member.memberEpoch,
      clientId: member.clientId,
      clientHost: member.clientHost,
      subscribedTopicNames: [...member.subscribedTopicNames],
      subscribedTopicRegex: member.subscribedTopicRegex,
      assignment: shown([...member.assigned, ...member.pendingRevocation], topics),
      targetAssignment: shown([...(group.targets.get(member.memberId) ?? [])], topics),
      memberType: member.classic === null ? MEMBER_TYPE.consumer : MEMBER_TYPE.classic,
    })),
  };
}

type Shown = Described['members'][number]['assignment'];

/** With names; without topics that are gone. */
function shown(owned: readonly (readonly [string, { keys(): Iterable<number> }])[], topics: Topics): Shown {
  const byTopic = new Map<string, Set<number>>();
  for (const [topicId, partitions] of owned) {
    const all = byTopic.get(topicId) ?? new Set();
    for (const partition of partitions.keys()) all.add(partition);
    byTopic.set(topicId, all);
  }
  return {
    topicPartitions: [...byTopic].flatMap(([topicId, partitions]) => {
      const topicName = topics.byId(topicId)?.name;
      return topicName === undefined ? [] : [{ topicId, topicName, partitions: sorted(partitions) }];
    }),
  };
}
