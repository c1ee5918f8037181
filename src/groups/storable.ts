import type { ClassicGroup } from './classic-group.ts';

/** Strings in the records of `__consumer_offsets` have an int16 length, whatever they had in the request. */
export const MAX_STRING_BYTES = 32_767;

export function isStorable(text: string): boolean {
  return text.length <= MAX_STRING_BYTES && Buffer.byteLength(text) <= MAX_STRING_BYTES;
}

/** Whether the group's record fits into `maxRecordBytes`: a little cautious, for nothing is encoded. */
export function isWritable(group: ClassicGroup, maxRecordBytes: number): boolean {
  let bytes = ROOM_FOR_GROUP + 2 * Buffer.byteLength(group.groupId);
  for (const member of group.members.values()) {
    const { memberId, groupInstanceId, clientId, clientHost, assignment } = member;
    bytes += ROOM_FOR_MEMBER + group.metadataOf(member).length + assignment.length;
    for (const text of [memberId, groupInstanceId ?? '', clientId, clientHost]) bytes += Buffer.byteLength(text);
  }
  return bytes <= maxRecordBytes;
}

/** Headers of batch and record, and the group's own fields but for the longest. */
const ROOM_FOR_GROUP = 512;
/** Lengths and timeouts. */
const ROOM_FOR_MEMBER = 32;
