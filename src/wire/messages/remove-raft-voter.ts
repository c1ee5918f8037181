/**
 * Removes a voter from the metadata quorum (KIP-853).
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { int16, int32, message, string, uuid, type Infer } from '../schema.ts';

export const RemoveRaftVoterRequest = message(
  'RemoveRaftVoterRequest',
  { apiKey: 81, versions: [0, 0], flexibleSince: 0 },
  () => ({
    clusterId: string().nullable(),
    voterId: int32(),
    voterDirectoryId: uuid(),
  }),
);
export type RemoveRaftVoterRequest = Infer<typeof RemoveRaftVoterRequest>;

export const RemoveRaftVoterResponse = message(
  'RemoveRaftVoterResponse',
  { apiKey: 81, versions: [0, 0], flexibleSince: 0 },
  () => ({
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    errorMessage: string().nullable().ignorable(),
  }),
);
export type RemoveRaftVoterResponse = Infer<typeof RemoveRaftVoterResponse>;
