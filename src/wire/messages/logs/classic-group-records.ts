/**
 * Classic groups in __consumer_offsets: one record holds a whole generation.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bytes, int32, int64, message, string, type Infer } from '../../schema.ts';

/** The group. */
export const GroupMetadataKey = message('GroupMetadataKey', { apiKey: 2, versions: [0, 0] }, () => ({
  group: string(),
}));
export type GroupMetadataKey = Infer<typeof GroupMetadataKey>;

const memberMetadata = {
  memberId: string(),
  groupInstanceId: string().since(3).nullable().default(null).ignorable(),
  clientId: string(),
  clientHost: string(),
  rebalanceTimeout: int32().since(1).default(-1).ignorable(),
  sessionTimeout: int32(),
  subscription: bytes(),
  assignment: bytes(),
};

/** Its generation, leader and members with subscriptions and assignments. */
export const GroupMetadataValue = message(
  'GroupMetadataValue',
  { apiKey: 2, versions: [0, 4], flexibleSince: 4 },
  () => ({
    protocolType: string(),
    generation: int32(),
    protocol: string().nullable(),
    leader: string().nullable(),
    currentStateTimestamp: int64().since(2).default(-1).ignorable(),
    members: array(memberMetadata),
  }),
);
export type GroupMetadataValue = Infer<typeof GroupMetadataValue>;
