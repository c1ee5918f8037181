import { ErrorCode } from '../wire/index.ts';
import { batchesOf, type RecordBatch } from '../wire/records/index.ts';

export interface ReplicaRules {
  readonly nextOffset: number;
  readonly leaderEpoch: number;
  /** `<topic>-<partition>`, for messages. */
  readonly name: string;
}

export type ReplicaBatches =
  | { readonly kind: 'valid'; readonly batches: readonly RecordBatch[] }
  | { readonly kind: 'invalid'; readonly errorCode: number; readonly message: string };

/**
 * The batches that a follower got from its leader and takes as they are: whole ones, with right crcs and rising offsets. It stops
 * before the first of a later leader epoch than the one it follows; a cut last batch is left for the next fetch.
 */
export function splitForReplica(records: Buffer, { nextOffset, leaderEpoch, name }: ReplicaRules): ReplicaBatches {
  const batches: RecordBatch[] = [];
  let expected = nextOffset;
  for (const batch of batchesOf(records)) {
    const { baseOffset } = batch;
    if (batch.partitionLeaderEpoch > leaderEpoch) break;
    if (!batch.isValid()) {
      const message = `the leader of ${name} sent a batch at offset ${baseOffset} that does not match its crc`;
      return { kind: 'invalid', errorCode: ErrorCode.CORRUPT_MESSAGE, message };
    }
    if (baseOffset < expected || batch.lastOffsetDelta < 0) {
      const message = `the leader of ${name} sent offset ${baseOffset} where ${expected} is next`;
      return { kind: 'invalid', errorCode: ErrorCode.UNKNOWN_SERVER_ERROR, message };
    }
    expected = batch.nextOffset;
    batches.push(batch);
  }
  return { kind: 'valid', batches };
}
