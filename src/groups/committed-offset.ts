import { ZERO_UUID } from '../base/index.ts';
import { ErrorCode } from '../wire/index.ts';
import type { OffsetCommitValue } from '../wire/messages/logs/index.ts';
import type { Step } from './step.ts';

/** Of retention times and expiry timestamps. */
export const NOT_GIVEN = -1;

interface Offset {
  readonly committedOffset: number;
  readonly committedLeaderEpoch: number;
  readonly committedMetadata: string | null;
}

/** What is written of a committed offset, or OFFSET_METADATA_TOO_LARGE. `retentionTimeMs` is a matter of old versions. */
export function offsetCommitValue(
  { config, now }: Step,
  { committedOffset, committedLeaderEpoch, committedMetadata }: Offset,
  { topicId = ZERO_UUID, retentionTimeMs = NOT_GIVEN } = {},
): OffsetCommitValue | number {
  const metadata = committedMetadata ?? '';
  if (metadata.length > config.offsetMetadataMaxBytes) return ErrorCode.OFFSET_METADATA_TOO_LARGE;
  return {
    offset: committedOffset,
    leaderEpoch: committedLeaderEpoch,
    metadata,
    commitTimestamp: now,
    expireTimestamp: retentionTimeMs === NOT_GIVEN ? NOT_GIVEN : now + retentionTimeMs,
    topicId,
  };
}
