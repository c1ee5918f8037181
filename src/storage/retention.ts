import type { LogConfig } from './log-config.ts';
import type { Segment } from './segment.ts';

/** What retention asks of a log. */
export interface RetainedLog {
  readonly config: LogConfig;
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  readonly highWatermark: number;
}

/**
 * How many segments, from the oldest on, are past retention (Kafka's UnifiedLog.deleteOldSegments): too old for `retention.ms`,
 * too many for `retention.bytes`, or below the log start offset, which counts for compacted logs too. Only what is committed
 * altogether may go, and an empty active segment stays.
 */
export function segmentsPastRetention(log: RetainedLog, segments: readonly Segment[], now: number): number {
  const { config, logStartOffset } = log;
  const below = countWhile(
    log,
    segments,
    (_, nextBaseOffset) => nextBaseOffset !== undefined && nextBaseOffset <= logStartOffset,
  );
  if (!config.cleanupPolicy.delete) return below;
  return Math.max(below, countTooOld(log, segments, now), countTooMany(log, segments));
}

/** Where the log starts when several segments go with retention; undefined when it is one or none. */
export function startAfterSeveral(log: RetainedLog, segments: readonly Segment[], now: number): number | undefined {
  const count = segmentsPastRetention(log, segments, now);
  return count < 2 ? undefined : Math.max(segments[count]?.baseOffset ?? log.logEndOffset, log.logStartOffset);
}

/** Time to be compared with `retention.ms`: the largest timestamp, or when the file last changed if there is none. */
export function retentionTimestamp(segment: Segment): number {
  const { timestampMs } = segment.largestTimestamp();
  return timestampMs >= 0 ? timestampMs : segment.modifiedMs;
}

function countTooOld(log: RetainedLog, segments: readonly Segment[], now: number): number {
  const { retentionMs } = log.config;
  if (retentionMs < 0) return 0;
  return countWhile(log, segments, (segment) => now - retentionTimestamp(segment) > retentionMs);
}

function countTooMany(log: RetainedLog, segments: readonly Segment[]): number {
  const { retentionBytes } = log.config;
  if (retentionBytes < 0) return 0;
  let excess = -retentionBytes;
  for (const segment of segments) excess += segment.size;
  if (excess <= 0) return 0;
  return countWhile(log, segments, (segment) => {
    excess -= segment.size;
    return excess >= 0;
  });
}

function countWhile(
  { logEndOffset, highWatermark }: RetainedLog,
  segments: readonly Segment[],
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
