/**
 * A voter of the metadata quorum reports changed endpoints or KRaft versions (KIP-853).
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, message, string, struct, uint16, uuid, type Infer } from '../schema.ts';

export const UpdateRaftVoterRequest = message(
  'UpdateRaftVoterRequest',
  { apiKey: 82, versions: [0, 0], flexibleSince: 0 },
  () => ({
    clusterId: string().nullable(),
    currentLeaderEpoch: int32(),
    voterId: int32(),
    voterDirectoryId: uuid(),
    listeners: array({
      name: string(),
      host: string(),
      port: uint16(),
    }),
    kRaftVersionFeature: struct({
      minSupportedVersion: int16(),
      maxSupportedVersion: int16(),
    }),
  }),
);
export type UpdateRaftVoterRequest = Infer<typeof UpdateRaftVoterRequest>;

export const UpdateRaftVoterResponse = message(
  'UpdateRaftVoterResponse',
  { apiKey: 82, versions: [0, 0], flexibleSince: 0 },
  () => ({
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    currentLeader: struct({
      leaderId: int32().default(-1),
      leaderEpoch: int32().default(-1),
      host: string(),
      port: int32(),
    }).tagged(0),
  }),
);
export type UpdateRaftVoterResponse = Infer<typeof UpdateRaftVoterResponse>;
