import { join } from 'node:path';
import { ZERO_UUID, type FileSystem, type Logger } from '../base/index.ts';
import type { RecordBatch } from '../wire/records/index.ts';
import { CheckpointError, readEpochCheckpoint } from './checkpoint-file.ts';
import { CorruptSegmentError } from './corrupt-segment-error.ts';
import { EPOCH_CHECKPOINT } from './epoch-checkpoint.ts';
import { offsetOfFileName, SUFFIX } from './file-names.ts';
import { settleInterruptedSwap } from './interrupted-swap.ts';
import { LeaderEpochs } from './leader-epochs.ts';
import type { PartitionLogOptions } from './log-types.ts';
import { isSameTopicId, readTopicId, topicIdPath, writeTopicId } from './partition-metadata.ts';
import { ProducerSnapshots } from './producer-snapshots.ts';
import { ProducerStates } from './producer-state.ts';
import { recallBatches } from './recall-batches.ts';
import { MAX_RELATIVE_OFFSET, type SegmentContext } from './segment-context.ts';
import { Segment } from './segment.ts';

/** The folder belongs to another topic of the same name: it was deleted and made anew while this broker was away. */
export class TopicIdMismatchError extends Error {
  override name = 'TopicIdMismatchError';

  constructor(directory: string, found: string, expected: string) {
    super(`${directory} belongs to topic id ${found}, not ${expected}: the folder is a left-over of a deleted topic`);
  }
}

export interface LoadedLog {
  readonly topicId: string;
  /** Rising, never empty; the last is active. */
  readonly segments: Segment[];
  readonly epochs: LeaderEpochs;
  readonly producers: ProducerStates;
  readonly snapshots: ProducerSnapshots;
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  readonly recoveryPoint: number;
}

/**
 * Opens the files of a log. After a clean stop only the last segment is looked at. Otherwise everything from the recovery point
 * on is read again: crcs and offsets are checked, the log is cut before the first batch that is not whole, and indexes, leader
 * epochs and producer state are made anew from the rest (Kafka's LogLoader).
 */
export function loadLog(options: PartitionLogOptions, context: SegmentContext): LoadedLog {
  const { fs, clock, directory, logger } = options;
  const { entries } = context;
  const names = entries.isThere ? settledNames(fs, directory, logger) : [];
  const topicId = entries.isThere ? settleTopicId(options) : (options.topicId ?? ZERO_UUID);
  const segments = names
    .map((name) => offsetOfFileName(name, SUFFIX.log))
    .filter((offset) => offset !== undefined)
    .map((baseOffset) => new Segment(context, baseOffset));
  const found = segments.length;
  const snapshots = new ProducerSnapshots(fs, logger, directory, names);
  const epochs = loadEpochs(fs, directory, logger, names);
  const epochStart = options.isLogStartLost === true ? epochs.entries[0]?.startOffset : undefined;
  const wantedStart = options.logStartOffset ?? epochStart ?? 0;
  if (segments.length === 0) segments.push(Segment.create(context, wantedStart, 0));

  const recoveryPoint = options.recoveryPoint ?? 0;
  const { producers, logEndOffset } = entries.isThere
    ? ((options.cleanShutdown ? openCleanly(segments, snapshots, epochs, options) : undefined) ??
      recover(segments, snapshots, epochs, { ...options, logStartOffset: wantedStart }))
    : { producers: new ProducerStates(wantedStart), logEndOffset: wantedStart };
  const first = segments[0] as Segment;
  if (logEndOffset < wantedStart) {
    logger.warn('the log ends before its start offset: beginning anew there', { directory, logEndOffset, wantedStart });
    for (const segment of segments.splice(0)) segment.removeFiles();
    snapshots.deleteAfter(-1);
    epochs.clear();
    segments.push(Segment.create(context, wantedStart, 0));
    entries.sync();
    return {
      topicId,
      segments,
      epochs,
      producers: new ProducerStates(wantedStart),
      snapshots,
      logStartOffset: wantedStart,
      logEndOffset: wantedStart,
      recoveryPoint: wantedStart,
    };
  }
  epochs.truncateFromEnd(logEndOffset);
  producers.expire(clock.now(), options.producerIdExpirationMs);
  const bases = new Set(segments.map(({ baseOffset }) => baseOffset));
  snapshots.keep((offset) => bases.has(offset));
  // What was removed must not come back behind what will be written in its place.
  if (snapshots.deleteAfter(logEndOffset) || segments.length < found) entries.sync();
  return {
    topicId,
    segments,
    epochs,
    producers,
    snapshots,
    logStartOffset: Math.max(wantedStart, first.baseOffset),
    logEndOffset,
    recoveryPoint: Math.min(options.cleanShutdown ? logEndOffset : recoveryPoint, logEndOffset),
  };
}

/** The names in the folder, when what a crash left half done is settled. */
function settledNames(fs: FileSystem, directory: string, logger: Logger): string[] {
  const names = fs.list(directory);
  const haveChanged = settleInterruptedSwap(fs, directory, names, logger);
  return removeLeftovers(fs, directory, haveChanged ? fs.list(directory) : names, logger);
}

/** What a deletion left behind, and indexes without a log. Returns the names that stay. */
function removeLeftovers(fs: FileSystem, directory: string, names: readonly string[], logger: Logger): string[] {
  const logs = new Set(names.filter((name) => offsetOfFileName(name, SUFFIX.log) !== undefined));
  return names.filter((name) => {
    const isLeftover = name.endsWith(SUFFIX.deleted);
    const index = /^(\d{20})\.(?:index|timeindex|txnindex|txnindex\.crc)$/.exec(name);
    const isOrphan = index !== null && !logs.has(`${index[1]}${SUFFIX.log}`);
    if (isOrphan) logger.warn('removing an index without a segment', { path: join(directory, name) });
    if (isLeftover || isOrphan) fs.remove(join(directory, name));
    return !isLeftover && !isOrphan;
  });
}

function settleTopicId({ fs, directory, topicId, logger }: PartitionLogOptions): string {
  const found = readTopicId(fs, directory);
  if (found !== undefined && topicId !== undefined && !isSameTopicId(found, topicId)) {
    throw new TopicIdMismatchError(directory, found, topicId);
  }
  if (found !== topicId && topicId !== undefined) {
    const path = topicIdPath(directory);
    if (fs.info(path) !== undefined)
      logger.warn('writing a damaged topic id anew', { path, position: 0, found, topicId });
    writeTopicId(fs, directory, topicId);
  }
  return topicId ?? found ?? ZERO_UUID;
}

function loadEpochs(fs: FileSystem, directory: string, logger: Logger, names: readonly string[]): LeaderEpochs {
  if (!names.includes(EPOCH_CHECKPOINT)) return new LeaderEpochs();
  try {
    return new LeaderEpochs(readEpochCheckpoint(fs, join(directory, EPOCH_CHECKPOINT)));
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    logger.warn('making the leader epochs of a log anew from its batches', { path: error.path, reason: error.message });
    return new LeaderEpochs();
  }
}

interface Recovered {
  readonly producers: ProducerStates;
  readonly logEndOffset: number;
}

/**
 * Believes the files; undefined when what can be made anew shows that they should not be.
 * @throws CorruptSegmentError for batches that are not as they were when the log was closed: none of them is cut away
 */
function openCleanly(
  segments: readonly Segment[],
  snapshots: ProducerSnapshots,
  epochs: LeaderEpochs,
  { recoveryPoint, logger }: PartitionLogOptions,
): Recovered | undefined {
  const active = segments.at(-1) as Segment;
  let logEndOffset: number;
  try {
    logEndOffset = active.activate();
    if (recoveryPoint !== undefined && logEndOffset < recoveryPoint && active.room > 0)
      throw active.corrupt(active.end, `zeros, where batches up to offset ${recoveryPoint} were`);
    active.transactions();
  } catch (error) {
    const isWorthless = recoveryPoint === undefined || recoveryPoint <= active.baseOffset;
    if (!(error instanceof CorruptSegmentError) || (error.path.endsWith(SUFFIX.log) && !isWorthless)) throw error;
    logger.warn('recovering a log that was not closed as cleanly as it seemed', { reason: error.message });
    return undefined;
  }
  if (recoveryPoint !== undefined && logEndOffset > recoveryPoint) {
    const position = active.positionOf(recoveryPoint, active.size);
    throw new CorruptSegmentError(
      active.path(SUFFIX.log),
      position,
      `the log ended at offset ${recoveryPoint} when it was closed`,
    );
  }
  const first = segments[0] as Segment;
  const hasBatches = logEndOffset > first.baseOffset;
  if (hasBatches && epochs.entries.length === 0)
    replay(segments, first.baseOffset, logEndOffset, (b) => noteEpoch(epochs, b));
  const producers = snapshots.latestAtMost(logEndOffset) ?? new ProducerStates(first.baseOffset);
  if (producers.endOffset < logEndOffset && hasBatches) {
    const from = Math.max(producers.endOffset, first.baseOffset);
    logger.warn('making the producer state of a log anew from its batches', {
      path: active.path(SUFFIX.snapshot),
      from,
    });
    replay(segments, from, logEndOffset, (batch) => producers.update(batch));
    producers.endOffset = logEndOffset;
  } else recallBatches(producers, active);
  return { producers, logEndOffset };
}

/** Hands the batches from one offset to another to `visit`. */
export function replay(
  segments: readonly Segment[],
  from: number,
  to: number,
  visit: (batch: RecordBatch) => void,
): void {
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1]?.baseOffset ?? Infinity;
    if (next <= from || segment.baseOffset >= to) continue;
    const scan = segment.scan(segment.positionOf(from, segment.size), segment.size);
    for (let batch = scan.next(); batch !== undefined && batch.baseOffset < to; batch = scan.next()) visit(batch);
    if (scan.problem !== undefined) {
      throw new CorruptSegmentError(segment.path(SUFFIX.log), scan.problem.position, scan.problem.message);
    }
  }
}

/** The producers as they were when the log ended at `offset`. */
export function producersAt(
  segments: readonly Segment[],
  snapshots: ProducerSnapshots,
  offset: number,
): ProducerStates {
  const start = (segments[0] as Segment).baseOffset;
  const producers = snapshots.latestAtMost(offset) ?? new ProducerStates(start);
  replay(segments, Math.max(producers.endOffset, start), offset, (batch) => producers.update(batch));
  producers.endOffset = offset;
  return producers;
}

/** Makes the index of a segment's aborted transactions anew, from the batches that follow the last producer snapshot before it. */
export function rebuildTransactions(
  segments: readonly Segment[],
  index: number,
  snapshots: ProducerSnapshots,
  logEndOffset: number,
): void {
  const segment = segments[index] as Segment;
  const producers = producersAt(segments, snapshots, segment.baseOffset);
  const transactions = segment.restartTransactions();
  const end = segments[index + 1]?.baseOffset ?? logEndOffset;
  replay(segments, segment.baseOffset, end, (batch) => {
    const completed = producers.update(batch);
    if (completed?.isAborted !== true) return;
    const lastStableOffset = producers.stableOffsetAfter(completed.lastOffset);
    transactions.append({ ...completed, lastStableOffset });
  });
  segment.writeIndexes();
  segment.syncIndexes();
}

function noteEpoch(epochs: LeaderEpochs, batch: RecordBatch): void {
  const epoch = batch.partitionLeaderEpoch;
  if (epoch > epochs.latest) epochs.assign(epoch, batch.baseOffset);
}

function recover(
  segments: Segment[],
  snapshots: ProducerSnapshots,
  epochs: LeaderEpochs,
  { recoveryPoint = 0, firstDirtyOffset = 0, logStartOffset = 0, config, logger }: PartitionLogOptions,
): Recovered {
  let index = segments.length - 1;
  while (index > 0 && (segments[index] as Segment).baseOffset > recoveryPoint) index--;
  const from = (segments[index] as Segment).baseOffset;
  const start = (segments[0] as Segment).baseOffset;
  if (epochs.entries.length === 0 && from > start)
    replay(segments.slice(0, index), start, from, (b) => noteEpoch(epochs, b));
  epochs.truncateFromEnd(from);
  const producers = snapshots.latestAtMost(from) ?? new ProducerStates(start);
  if (producers.endOffset < from) {
    replay(segments.slice(0, index), Math.max(producers.endOffset, start), from, (batch) => producers.update(batch));
    producers.endOffset = from;
  }

  const removeFrom = (start: number): void => {
    for (const later of segments.splice(start)) {
      logger.warn('removing a segment that follows a cut', { path: later.path(SUFFIX.log) });
      later.removeFiles();
    }
  };
  let nextOffset = from;
  for (; index < segments.length; index++) {
    const segment = segments[index] as Segment;
    // A segment begins where the one before ended, after a cut within a batch too, unless compaction or retention took what was there.
    const isBehindGap = segment.baseOffset > Math.max(nextOffset, firstDirtyOffset, logStartOffset);
    if (isBehindGap && !config.cleanupPolicy.compact) {
      const path = (segments[index - 1] as Segment).path(SUFFIX.log);
      const reason = `the next segment begins at ${segment.baseOffset}`;
      logger.warn('cut a log at the end of a segment that is not whole', { path, reason, offset: nextOffset });
      removeFrom(index);
      break;
    }
    nextOffset = Math.max(nextOffset, segment.baseOffset);
    const { cutAt, reason } = segment.recover((batch) => {
      const { baseOffset, lastOffset } = batch;
      if (baseOffset < nextOffset) return `offset ${baseOffset} after ${nextOffset - 1}`;
      if (lastOffset - segment.baseOffset > MAX_RELATIVE_OFFSET) return `offset ${lastOffset} is too far from the base`;
      nextOffset = lastOffset + 1;
      noteEpoch(epochs, batch);
      const completed = producers.update(batch);
      if (completed?.isAborted === true) {
        const lastStableOffset = producers.stableOffsetAfter(completed.lastOffset);
        segment.transactions().append({ ...completed, lastStableOffset });
      }
      return undefined;
    });
    if (cutAt === undefined) {
      if (index < segments.length - 1) segment.deactivate();
      continue;
    }
    const path = segment.path(SUFFIX.log);
    logger.warn('cut a log at a batch that is not whole', { path, position: cutAt, reason, offset: nextOffset });
    removeFrom(index + 1);
  }
  (segments.at(-1) as Segment).activate();
  producers.endOffset = nextOffset;
  return { producers, logEndOffset: nextOffset };
}
