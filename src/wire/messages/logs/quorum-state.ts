/**
 * A voter's memory of epochs and votes. The file quorum-state holds it as JSON.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int32, int64, message, string, uuid, type Infer } from '../../schema.ts';

export const QuorumStateData = message('QuorumStateData', { versions: [0, 1], flexibleSince: 0 }, () => ({
  clusterId: string().until(0),
  leaderId: int32().default(-1),
  leaderEpoch: int32().default(-1),
  votedId: int32().default(-1),
  votedDirectoryId: uuid().since(1),
  appliedOffset: int64().until(0),
  currentVoters: array({
    voterId: int32(),
  })
    .until(0)
    .nullable(),
}));
export type QuorumStateData = Infer<typeof QuorumStateData>;
