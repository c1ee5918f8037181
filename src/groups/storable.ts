import type { ClassicGroup } from './classic-group.ts';
import type { GroupRecord } from './group-records.ts';

/** Strings in the records of `__consumer_offsets` have an int16 length, whatever they had in the request. */
export const MAX_STRING_BYTES = 32_767;

export function isStorable(text: string): boolean {
  return text.length <= MAX_STRING_BYTES && Buffer.byteLength(text) <= MAX_STRING_BYTES;
}

/** Whether the group's record fits into `maxRecordBytes`: a little cautious, for nothing is encoded. */
export function isWritable(group: ClassicGroup, maxRecordBytes: number): boolean {
  const { groupId, protocolType, protocolName, leaderId } = group;
  let bytes = ROOM_FOR_GROUP + bytesOf(groupId, protocolType, protocolName, leaderId);
  for (const member of group.members.values()) {
    const { memberId, groupInstanceId, clientId, clientHost, assignment } = member;
    bytes += ROOM_FOR_MEMBER + group.metadataOf(member).length + assignment.length;
    bytes += bytesOf(memberId, groupInstanceId, clientId, clientHost);
  }
  return bytes <= maxRecordBytes;
}

function bytesOf(...texts: readonly (string | null)[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), 0);
}

/** Headers of batch and record, and the fields of the group but for its strings. */
const ROOM_FOR_GROUP = 512;
/** Lengths and timeouts. */
const ROOM_FOR_MEMBER = 32;

/** Whether each of these fits into `maxRecordBytes`: a little cautious, for nothing is encoded. */
export function areStorable(records: readonly GroupRecord[], maxRecordBytes: number): boolean {
  return records.every((record) => ROOM_FOR_GROUP + sizeOf(record) <= maxRecordBytes);
}

/** Of what a client can make as large as it likes; the rest is small. */
function sizeOf(record: GroupRecord): number {
  switch (record.type) {
    case 'consumerGroupMember': {
      const { value } = record;
      if (value === null) return 0;
      const { subscribedTopicNames, subscribedTopicRegex, classicMemberMetadata } = value;
      let bytes = bytesOf(value.instanceId, value.rackId, value.clientId, value.serverAssignor, subscribedTopicRegex);
      for (const name of subscribedTopicNames) bytes += ROOM_FOR_LENGTH + Buffer.byteLength(name);
      for (const { name, metadata } of classicMemberMetadata?.supportedProtocols ?? [])
        bytes += ROOM_FOR_MEMBER + Buffer.byteLength(name) + metadata.length;
      return bytes;
    }
    case 'consumerGroupMemberTarget':
      return sizeOfPartitions(record.value?.topicPartitions ?? []);
    case 'consumerGroupMemberAssignment':
      // With the epoch of each.
      return (
        2 * sizeOfPartitions(record.value?.assignedPartitions ?? []) +
        2 * sizeOfPartitions(record.value?.partitionsPendingRevocation ?? [])
      );
    default:
      return 0;
  }
}

function sizeOfPartitions(topics: readonly { readonly partitions: readonly number[] }[]): number {
  return topics.reduce((sum, { partitions }) => sum + ROOM_FOR_MEMBER + 4 * partitions.length, 0);
}

/** A varint. */
const ROOM_FOR_LENGTH = 5;
