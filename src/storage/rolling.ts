import type { Random } from '../base/index.ts';
import type { RecordBatch } from '../wire/records/index.ts';
import type { LogConfig } from './log-config.ts';
import { MAX_RELATIVE_OFFSET } from './segment-context.ts';
import type { Segment } from './segment.ts';

/** Whether the batch, which will end at `lastOffset`, wants a new segment (Kafka's LogSegment.shouldRoll). */
export function isRollDue(
  active: Segment,
  batch: RecordBatch,
  lastOffset: number,
  config: LogConfig,
  now: number,
): boolean {
  const { segmentBytes, segmentIndexBytes } = config;
  return (
    active.size > segmentBytes - batch.sizeInBytes ||
    (active.size > 0 && waitedMs(active, now, batch.maxTimestamp) > maxSegmentMs(config) - active.rollJitterMs) ||
    active.isIndexFull(segmentIndexBytes) ||
    lastOffset - active.baseOffset > MAX_RELATIVE_OFFSET
  );
}

/** How long the segment has been collecting records, seen from a batch with this timestamp. */
function waitedMs(segment: Segment, now: number, timestampMs: number): number {
  const firstTimestampMs = segment.firstTimestampMs() ?? -1;
  return firstTimestampMs >= 0 ? timestampMs - firstTimestampMs : now - segment.createdMs;
}

/** A compacted log rolls no later than `max.compaction.lag.ms`: what is in the active segment cannot be compacted. */
function maxSegmentMs({ cleanupPolicy, maxCompactionLagMs, segmentMs }: LogConfig): number {
  return cleanupPolicy.compact && maxCompactionLagMs > 0 ? Math.min(maxCompactionLagMs, segmentMs) : segmentMs;
}

/** How much earlier than `segment.ms` a new segment is to be rolled, so that many do not roll at once. */
export function rollJitterMs({ segmentJitterMs, segmentMs }: LogConfig, random: Random): number {
  const bound = Math.min(segmentJitterMs, segmentMs, 2 ** 32);
  return bound > 0 ? random.below(bound) : 0;
}
