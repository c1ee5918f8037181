/**
 * Control records: what control batches hold in place of user records. Each key is a ControlRecordTypeSchema after its
 * version as an int16.
 *
 * Transcribed from Apache Kafka 4.3 by scripts/transcribe-messages.ts.
 */

import { array, int16, int32, int64, message, string, struct, uint16, uuid, type Infer } from '../../schema.ts';

/** The key: 0 abort, 1 commit, 2 leader change, 3 and 4 snapshot, 5 and 6 KRaft. */
export const ControlRecordTypeSchema = message('ControlRecordTypeSchema', { versions: [0, 0] }, () => ({
  type: int16(),
}));
export type ControlRecordTypeSchema = Infer<typeof ControlRecordTypeSchema>;

/** The value of a transaction marker, commit or abort. */
export const EndTxnMarker = message('EndTxnMarker', { versions: [0, 0] }, () => ({
  coordinatorEpoch: int32(),
}));
export type EndTxnMarker = Infer<typeof EndTxnMarker>;

const voter = {
  voterId: int32(),
  voterDirectoryId: uuid().since(1),
};

/** First in each epoch of the metadata log: who leads, and who voted. */
export const LeaderChangeMessage = message('LeaderChangeMessage', { versions: [0, 1], flexibleSince: 0 }, () => ({
  version: int16(),
  leaderId: int32(),
  voters: array(voter),
  grantingVoters: array(voter),
}));
export type LeaderChangeMessage = Infer<typeof LeaderChangeMessage>;

/** First in a metadata snapshot. */
export const SnapshotHeaderRecord = message('SnapshotHeaderRecord', { versions: [0, 0], flexibleSince: 0 }, () => ({
  version: int16(),
  lastContainedLogTimestamp: int64(),
}));
export type SnapshotHeaderRecord = Infer<typeof SnapshotHeaderRecord>;

/** Last in a metadata snapshot. */
export const SnapshotFooterRecord = message('SnapshotFooterRecord', { versions: [0, 0], flexibleSince: 0 }, () => ({
  version: int16(),
}));
export type SnapshotFooterRecord = Infer<typeof SnapshotFooterRecord>;

/** The level of kraft.version from here on. */
export const KRaftVersionRecord = message('KRaftVersionRecord', { versions: [0, 0], flexibleSince: 0 }, () => ({
  version: int16(),
  kRaftVersion: int16(),
}));
export type KRaftVersionRecord = Infer<typeof KRaftVersionRecord>;

/** The voters of the metadata quorum from here on, with endpoints. */
export const VotersRecord = message('VotersRecord', { versions: [0, 0], flexibleSince: 0 }, () => ({
  version: int16(),
  voters: array({
    voterId: int32(),
    voterDirectoryId: uuid(),
    endpoints: array({
      name: string(),
      host: string(),
      port: uint16(),
    }),
    kRaftVersionFeature: struct({
      minSupportedVersion: int16(),
      maxSupportedVersion: int16(),
    }),
  }),
}));
export type VotersRecord = Infer<typeof VotersRecord>;
