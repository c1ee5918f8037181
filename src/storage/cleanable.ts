import type { LogConfig } from './log-config.ts';
import { floorSegment } from './read-plan.ts';
import { retentionTimestamp } from './retention.ts';
import type { Segment } from './segment.ts';

/** What the cleaner asks of a log to settle what can be compacted. */
export interface CleanableLog {
  readonly config: LogConfig;
  /** Rising; the last is active. */
  readonly segments: readonly Segment[];
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  /** Below it the log was compacted; undefined when it never was. */
  readonly firstDirtyOffset: number | undefined;
}

/** What of a log is to be compacted (Kafka's LogToClean). */
export interface CleanablePart {
  readonly firstDirtyOffset: number;
  /** Where the first segment begins that may not be touched. */
  readonly firstUncleanableOffset: number;
  readonly cleanableBytes: number;
  /** Bytes to compact, as a fraction of these and of what was compacted before. */
  readonly dirtyRatio: number;
  /** Something in it has waited for longer than `max.compaction.lag.ms`. */
  readonly isOverdue: boolean;
  /** The checkpoint was not one of this log: compaction begins at the front. */
  readonly isRestarted: boolean;
}

/** The segments from the one that holds `from` to the last that begins below `to`. */
export function segmentsBetween(segments: readonly Segment[], from: number, to: number): Segment[] {
  if (from >= to) return [];
  return segments.slice(floorSegment(segments, from)).filter(({ baseOffset }) => baseOffset < to);
}

/**
 * What compaction may touch now (Kafka's LogCleanerManager.cleanableOffsets): from where the last one ended, up to the active
 * segment, the last stable offset and the first segment with records younger than `min.compaction.lag.ms`.
 */
export function cleanablePart(log: CleanableLog, now: number): CleanablePart {
  const { config, segments, logStartOffset } = log;
  const checkpoint = log.firstDirtyOffset ?? logStartOffset;
  const isRestarted = checkpoint < logStartOffset || checkpoint > log.logEndOffset;
  const firstDirtyOffset = isRestarted ? logStartOffset : checkpoint;
  const active = segments[segments.length - 1] as Segment;
  let uncleanable = Math.min(log.lastStableOffset, active.baseOffset);
  if (config.minCompactionLagMs > 0) {
    const young = inactiveFrom(segments, firstDirtyOffset).find(
      (segment) => retentionTimestamp(segment) > now - config.minCompactionLagMs,
    );
    if (young !== undefined) uncleanable = Math.min(uncleanable, young.baseOffset);
  }
  uncleanable = Math.max(uncleanable, firstDirtyOffset);
  const firstUncleanableOffset = (inactiveFrom(segments, uncleanable)[0] ?? active).baseOffset;
  const cleanBytes = sizeOf(segmentsBetween(segments, -1, firstDirtyOffset));
  const from = Math.min(firstDirtyOffset, firstUncleanableOffset);
  const cleanableBytes = sizeOf(segmentsBetween(segments, from, firstUncleanableOffset));
  return {
    firstDirtyOffset,
    firstUncleanableOffset,
    cleanableBytes,
    dirtyRatio: cleanableBytes === 0 ? 0 : cleanableBytes / (cleanBytes + cleanableBytes),
    isOverdue: isOverdue(log, firstDirtyOffset, now),
    isRestarted,
  };
}

/** Whether it is worth compacting: dirty enough, or overdue. */
export function isDue(part: CleanablePart, config: LogConfig): boolean {
  return (part.isOverdue && part.cleanableBytes > 0) || part.dirtyRatio > config.minCleanableDirtyRatio;
}

function inactiveFrom(segments: readonly Segment[], offset: number): Segment[] {
  const active = segments[segments.length - 1] as Segment;
  return segmentsBetween(segments, offset, active.baseOffset);
}

function sizeOf(segments: readonly Segment[]): number {
  return segments.reduce((bytes, segment) => bytes + segment.size, 0);
}

function isOverdue({ config, segments }: CleanableLog, firstDirtyOffset: number, now: number): boolean {
  const { maxCompactionLagMs } = config;
  if (maxCompactionLagMs >= now) return false;
  return inactiveFrom(segments, firstDirtyOffset).some((segment) => {
    const firstTimestampMs = segment.firstTimestampMs();
    return firstTimestampMs !== undefined && firstTimestampMs > 0 && firstTimestampMs < now - maxCompactionLagMs;
  });
}

/** What a group of segments may grow to when they become one. */
export interface GroupBounds {
  readonly segmentBytes: number;
  readonly segmentIndexBytes: number;
  readonly firstUncleanableOffset: number;
}

const MAX_RELATIVE_OFFSET = 2 ** 31 - 1;

/** The segments in groups that each become one segment, as if none of their records went (Kafka's groupSegmentsBySize). */
export function groupSegments(segments: readonly Segment[], bounds: GroupBounds): Segment[][] {
  const groups: Segment[][] = [];
  let group: Segment[] | undefined;
  let bytes = 0;
  let offsetIndexBytes = 0;
  let timeIndexBytes = 0;
  for (const [index, segment] of segments.entries()) {
    const sizes = segment.indexSizes();
    const nextBaseOffset = segments[index + 1]?.baseOffset ?? bounds.firstUncleanableOffset;
    const fits =
      group !== undefined &&
      bytes + segment.size <= bounds.segmentBytes &&
      offsetIndexBytes + sizes.offsetIndexBytes <= bounds.segmentIndexBytes &&
      timeIndexBytes + sizes.timeIndexBytes <= bounds.segmentIndexBytes &&
      (segment.size === 0 || nextBaseOffset - 1 - (group[0] as Segment).baseOffset <= MAX_RELATIVE_OFFSET);
    if (group === undefined || !fits) {
      groups.push((group = []));
      bytes = offsetIndexBytes = timeIndexBytes = 0;
    }
    group.push(segment);
    bytes += segment.size;
    offsetIndexBytes += sizes.offsetIndexBytes;
    timeIndexBytes += sizes.timeIndexBytes;
  }
  return groups;
}
