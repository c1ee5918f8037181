/**
 * Enters a classic group; the answer comes when the rebalance has gathered all members.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bool, bytes, int16, int32, message, string, type Infer } from '../schema.ts';

export const JoinGroupRequest = message('JoinGroupRequest', { apiKey: 11, versions: [0, 9], flexibleSince: 6 }, () => ({
  groupId: string(),
  sessionTimeoutMs: int32(),
  rebalanceTimeoutMs: int32().since(1).default(-1).ignorable(),
  memberId: string(),
  groupInstanceId: string().since(5).nullable().default(null),
  protocolType: string(),
  protocols: array({
    name: string(),
    metadata: bytes(),
  }),
  reason: string().since(8).nullable().default(null).ignorable(),
}));
export type JoinGroupRequest = Infer<typeof JoinGroupRequest>;

export const JoinGroupResponse = message(
  'JoinGroupResponse',
  { apiKey: 11, versions: [0, 9], flexibleSince: 6 },
  () => ({
    throttleTimeMs: int32().since(2).default(0).ignorable(),
    errorCode: int16(),
    generationId: int32().default(-1),
    protocolType: string().since(7).nullable().default(null).ignorable(),
    protocolName: string().nullable(7),
    leader: string(),
    skipAssignment: bool().since(9).default(false),
    memberId: string(),
    members: array({
      memberId: string(),
      groupInstanceId: string().since(5).nullable().default(null).ignorable(),
      metadata: bytes(),
    }),
  }),
);
export type JoinGroupResponse = Infer<typeof JoinGroupResponse>;
