/** What is removed on request: groups, offsets, and the offsets of topics that are gone. */
import type { Ticket } from '../coordinator/index.ts';
import { ErrorCode } from '../wire/index.ts';
import type { OffsetDeleteRequest } from '../wire/messages/index.ts';
import { dropConsumerGroup } from './consumer-watch.ts';
import { offsetTombstone } from './group-records.ts';
import type { GroupApis, GroupRequest } from './group-requests.ts';
import type { Step } from './step.ts';

/** DeleteGroups 0-2, one group at a time: only an empty group can be deleted, and its offsets go with it. */
export function deleteGroup(step: Step, ticket: Ticket, { request }: GroupRequest<'deleteGroup'>): void {
  const { groupId } = request;
  step.answer(ticket, 'deleteGroup', { groupId, errorCode: removeGroup(step, groupId) });
}

function removeGroup(step: Step, groupId: string): number {
  const consumer = step.consumerGroup(groupId);
  const group = step.group(groupId);
  if (group === undefined && consumer === undefined) return ErrorCode.GROUP_ID_NOT_FOUND;
  const isEmpty = consumer === undefined ? group?.state === 'Empty' : consumer.members.size === 0;
  if (!isEmpty) return ErrorCode.NON_EMPTY_GROUP;
  const { offsets, pending } = step.hard.groups.get(groupId) ?? {};
  for (const each of [offsets ?? [], ...(pending?.values() ?? [])])
    for (const [topic, partitions] of each)
      for (const partition of partitions.keys()) step.records.push(offsetTombstone(groupId, topic, partition));
  if (consumer === undefined) step.dropGroup(groupId);
  else dropConsumerGroup(step, groupId, consumer);
  return ErrorCode.NONE;
}

/** OffsetDelete 0: offsets of topics that the group does not subscribe to (KIP-496). */
export function offsetDelete(step: Step, ticket: Ticket, { request }: GroupRequest<'offsetDelete'>): void {
  step.answer(ticket, 'offsetDelete', { ...removeOffsets(step, request), throttleTimeMs: 0 });
}

type Removal = Omit<GroupApis['offsetDelete']['response'], 'throttleTimeMs'>;

function removeOffsets(step: Step, { groupId, topics }: OffsetDeleteRequest): Removal {
  const isSubscribedTo = subscriptionCheck(step, groupId);
  if (typeof isSubscribedTo === 'number') return { errorCode: isSubscribedTo, topics: [] };
  const offsets = step.hard.groups.get(groupId)?.offsets;
  return {
    errorCode: ErrorCode.NONE,
    topics: topics.map(({ name, partitions }) => {
      const errorCode = isSubscribedTo(name) ? ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC : ErrorCode.NONE;
      return {
        name,
        partitions: partitions.map(({ partitionIndex }) => {
          const isThere = offsets?.get(name)?.has(partitionIndex) === true;
          if (errorCode === ErrorCode.NONE && isThere)
            step.records.push(offsetTombstone(groupId, name, partitionIndex));
          return { partitionIndex, errorCode };
        }),
      };
    }),
  };
}

/** Whether the group's members read a topic; or an error code. */
function subscriptionCheck(step: Step, groupId: string): ((topic: string) => boolean) | number {
  const consumer = step.consumerGroup(groupId);
  if (consumer !== undefined) return (topic) => consumer.subscriptions.has(topic);
  const group = step.group(groupId);
  if (group === undefined) return ErrorCode.GROUP_ID_NOT_FOUND;
  // What members of another protocol read, the coordinator can't tell.
  if (group.state !== 'Empty' && !group.usesConsumerProtocol) return ErrorCode.NON_EMPTY_GROUP;
  return (topic) => group.isSubscribedTo(topic);
}

export function deletedTopics(step: Step, ticket: Ticket, { request }: GroupRequest<'deletedTopics'>): void {
  for (const [groupId, { offsets, pending }] of step.hard.groups) {
    for (const topic of new Set(request.topics)) {
      const partitions = new Set(
        [offsets, ...pending.values()].flatMap((each) => [...(each.get(topic)?.keys() ?? [])]),
      );
      for (const partition of partitions) step.records.push(offsetTombstone(groupId, topic, partition));
    }
  }
  step.answer(ticket, 'deletedTopics', {});
}
