/**
 * Adds a voter to the metadata quorum (KIP-853).
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, bool, int16, int32, message, string, uint16, uuid, type Infer } from '../schema.ts';

export const AddRaftVoterRequest = message(
  'AddRaftVoterRequest',
  { apiKey: 80, versions: [0, 1], flexibleSince: 0 },
  () => ({
    clusterId: string().nullable(),
    timeoutMs: int32(),
    voterId: int32(),
    voterDirectoryId: uuid(),
    listeners: array({
      name: string(),
      host: string(),
      port: uint16(),
    }),
    ackWhenCommitted: bool().since(1).default(true),
  }),
);
export type AddRaftVoterRequest = Infer<typeof AddRaftVoterRequest>;

export const AddRaftVoterResponse = message(
  'AddRaftVoterResponse',
  { apiKey: 80, versions: [0, 1], flexibleSince: 0 },
  () => ({
    throttleTimeMs: int32().default(0),
    errorCode: int16(),
    errorMessage: string().nullable().ignorable(),
  }),
);
export type AddRaftVoterResponse = Infer<typeof AddRaftVoterResponse>;
