import type { ClassicGroup } from './classic-group.ts';

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
