/**
 * What consumers of a classic group tell each other through the broker, in JoinGroup and SyncGroup. The bytes are
 * preceded by their version as an int16.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bytes, int32, message, string, type Infer } from '../schema.ts';

/** What a member wants, and what it still owns. */
export const ConsumerProtocolSubscription = message('ConsumerProtocolSubscription', { versions: [0, 3] }, () => ({
  topics: array(string()),
  userData: bytes().nullable().default(null),
  ownedPartitions: array({
    topic: string(),
    partitions: array(int32()),
  })
    .since(1)
    .ignorable(),
  generationId: int32().since(2).default(-1).ignorable(),
  rackId: string().since(3).nullable().default(null).ignorable(),
}));
export type ConsumerProtocolSubscription = Infer<typeof ConsumerProtocolSubscription>;

/** What the leader of the group gives to a member. */
export const ConsumerProtocolAssignment = message('ConsumerProtocolAssignment', { versions: [0, 3] }, () => ({
  assignedPartitions: array({
    topic: string(),
    partitions: array(int32()),
  }),
  userData: bytes().nullable().default(null),
}));
export type ConsumerProtocolAssignment = Infer<typeof ConsumerProtocolAssignment>;
