/**
 * Hands in the assignment that the leader of a classic group made, and hands out to each member its part.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bytes, int16, int32, message, string, type Infer } from '../schema.ts';

export const SyncGroupRequest = message('SyncGroupRequest', { apiKey: 14, versions: [0, 5], flexibleSince: 4 }, () => ({
  groupId: string(),
  generationId: int32(),
  memberId: string(),
  groupInstanceId: string().since(3).nullable().default(null),
  protocolType: string().since(5).nullable().default(null).ignorable(),
  protocolName: string().since(5).nullable().default(null).ignorable(),
  assignments: array({
    memberId: string(),
    assignment: bytes(),
  }),
}));
export type SyncGroupRequest = Infer<typeof SyncGroupRequest>;

export const SyncGroupResponse = message(
  'SyncGroupResponse',
  { apiKey: 14, versions: [0, 5], flexibleSince: 4 },
  () => ({
    throttleTimeMs: int32().since(1).default(0).ignorable(),
    errorCode: int16(),
    protocolType: string().since(5).nullable().default(null).ignorable(),
    protocolName: string().since(5).nullable().default(null).ignorable(),
    assignment: bytes(),
  }),
);
export type SyncGroupResponse = Infer<typeof SyncGroupResponse>;
