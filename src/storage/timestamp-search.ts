import type { Clock } from '../base/index.ts';
import { isCompressionReady, openRecords, prepareCompression, type RecordBatch } from '../wire/records/index.ts';
import type { TimestampOffset } from './log-types.ts';
import { endOfReadable, type ReadView } from './read-plan.ts';
import type { Segment } from './segment.ts';
import { MAX_DECOMPRESSED_BYTES } from './validate.ts';

/** The first record at or after the log's start whose timestamp is `timestampMs` or later. */
export async function findTimestamp(
  view: ReadView,
  timestampMs: number,
  clock: Clock,
): Promise<TimestampOffset | undefined> {
  for (const [index, segment] of view.segments.entries()) {
    if (index > 0) await othersTurn(clock);
    // Retention may have gone on meanwhile.
    if (segment.isRemoved || segment.largestTimestamp().timestampMs < timestampMs) continue;
    const end = endOfReadable(view, index, view.writtenEndOffset);
    const position = segment.positionOfTimestamp(timestampMs, view.logStartOffset, end);
    const scan = segment.scan(position, end);
    for (let batch = scan.next(); batch !== undefined; batch = scan.next()) {
      if (batch.maxTimestamp < timestampMs) continue;
      const found = await firstRecord(batch, view.logStartOffset, timestampMs);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** The first record of those with the greatest timestamp in the log. */
export async function findMaxTimestamp(view: ReadView, clock: Clock): Promise<TimestampOffset | undefined> {
  let best: Segment | undefined;
  let greatest = { timestampMs: -1, offset: -1 };
  for (const [index, segment] of view.segments.entries()) {
    if (index > 0) await othersTurn(clock);
    if (segment.isRemoved) continue;
    const largest = segment.largestTimestamp();
    if (largest.timestampMs <= greatest.timestampMs) continue;
    best = segment;
    greatest = largest;
  }
  if (best === undefined || best.isRemoved) return undefined;
  const scan = best.scan(best.positionOf(greatest.offset, best.size), best.size);
  const batch = scan.next();
  return batch && firstRecord(batch, 0, batch.maxTimestamp);
}

/** Looking at a segment for the first time waits for the disk, and a log may have many. */
function othersTurn(clock: Clock): Promise<void> {
  return new Promise((done) => clock.endOfTurn(done));
}

async function firstRecord(
  batch: RecordBatch,
  from: number,
  timestampMs: number,
): Promise<TimestampOffset | undefined> {
  const type = batch.compressionType;
  if (type !== 'none' && !isCompressionReady(type)) await prepareCompression(type);
  const cursor = openRecords(batch, { maxBytes: MAX_DECOMPRESSED_BYTES });
  while (cursor.next()) {
    if (cursor.offset < from || cursor.timestampMs < timestampMs) continue;
    return { offset: cursor.offset, timestampMs: cursor.timestampMs, leaderEpoch: batch.partitionLeaderEpoch };
  }
  return undefined;
}
