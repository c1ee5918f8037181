/**
 * Takes members out of a classic group, without waiting for their sessions to time out.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, message, string, type Infer } from '../schema.ts';

export const LeaveGroupRequest = message(
  'LeaveGroupRequest',
  { apiKey: 13, versions: [0, 5], flexibleSince: 4 },
  () => ({
    groupId: string(),
    memberId: string().until(2),
    members: array({
      memberId: string(),
      groupInstanceId: string().nullable().default(null),
      reason: string().since(5).nullable().default(null).ignorable(),
    }).since(3),
  }),
);
export type LeaveGroupRequest = Infer<typeof LeaveGroupRequest>;

export const LeaveGroupResponse = message(
  'LeaveGroupResponse',
  { apiKey: 13, versions: [0, 5], flexibleSince: 4 },
  () => ({
    throttleTimeMs: int32().since(1).default(0).ignorable(),
    errorCode: int16(),
    members: array({
      memberId: string(),
      groupInstanceId: string().nullable(),
      errorCode: int16(),
    }).since(3),
  }),
);
export type LeaveGroupResponse = Infer<typeof LeaveGroupResponse>;
