import type { LogConfig } from './log-config.ts';
import type { Segment } from './segment.ts';

export interface RetentionInput {
  /** Rising; the last is active. */
  readonly segments: readonly Segment[];
  readonly config: LogConfig;
  readonly now: number;
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  readonly highWatermark: number;
}

/**
 * How many segments, from the oldest on, are past retention (Kafka's UnifiedLog.deleteOldSegments): too old for `retention.ms`,
 * too many for `retention.bytes`, or below the log start offset, which counts for compacted logs too. Only what is committed
 * altogether may go, and an empty active segment stays.
 */
export function segmentsPastRetention(input: RetentionInput): number {
  const { config, logStartOffset } = input;
  const below = countWhile(
    input,
    (_, nextBaseOffset) => nextBaseOffset !== undefined && nextBaseOffset <= logStartOffset,
  );
  if (!config.cleanupPolicy.delete) return below;
  return Math.max(below, countTooOld(input), countTooMany(input));
}

function countTooOld(input: RetentionInput): number {
  const { now } = input;
  const { retentionMs } = input.config;
  if (retentionMs < 0) return 0;
  return countWhile(input, (segment) => now - segment.retentionTimestamp() > retentionMs);
}

function countTooMany(input: RetentionInput): number {
  const { retentionBytes } = input.config;
  if (retentionBytes < 0) return 0;
  let excess = -retentionBytes;
  for (const segment of input.segments) excess += segment.size;
  if (excess <= 0) return 0;
  return countWhile(input, (segment) => {
    excess -= segment.size;
    return excess >= 0;
  });
}

function countWhile(
  { segments, logEndOffset, highWatermark }: RetentionInput,
  isPast: (segment: Segment, nextBaseOffset: number | undefined) => boolean,
): number {
  let count = 0;
  for (const segment of segments) {
    const nextBaseOffset = segments[count + 1]?.baseOffset;
    const isLastAndEmpty = nextBaseOffset === undefined && segment.size === 0;
    if (isLastAndEmpty || highWatermark < (nextBaseOffset ?? logEndOffset) || !isPast(segment, nextBaseOffset)) break;
    count++;
  }
  return count;
}
