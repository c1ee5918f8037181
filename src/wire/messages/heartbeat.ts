/**
 * Keeps a member of a classic group alive, and tells it when to rejoin.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { int16, int32, message, string, type Infer } from '../schema.ts';

export const HeartbeatRequest = message('HeartbeatRequest', { apiKey: 12, versions: [0, 4], flexibleSince: 4 }, () => ({
  groupId: string(),
  generationId: int32(),
  memberId: string(),
  groupInstanceId: string().since(3).nullable().default(null),
}));
export type HeartbeatRequest = Infer<typeof HeartbeatRequest>;

export const HeartbeatResponse = message(
  'HeartbeatResponse',
  { apiKey: 12, versions: [0, 4], flexibleSince: 4 },
  () => ({
    throttleTimeMs: int32().since(1).default(0).ignorable(),
    errorCode: int16(),
  }),
);
export type HeartbeatResponse = Infer<typeof HeartbeatResponse>;
