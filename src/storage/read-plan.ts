import { FileError } from '../base/index.ts';
import { ErrorCode } from '../wire/index.ts';
import type { LeaderEpochs } from './leader-epochs.ts';
import type { ReadRefused, ReadRequest } from './log-types.ts';
import type { RecordBatch } from '../wire/records/index.ts';
import { CorruptSegmentError } from './corrupt-segment-error.ts';
import { SUFFIX } from './file-names.ts';
import { HeaderScan } from './segment-scan.ts';
import type { Segment } from './segment.ts';

/** A piece of one segment file. It begins at a batch boundary; only the last of a plan may end within a batch. */
interface ReadPart {
  readonly segment: Segment;
  readonly position: number;
  readonly bytes: number;
}

/** What a read would return, settled without reading the records: hand it to `log.read` or `log.readLater`. */
export interface ReadPlan {
  readonly kind: 'plan';
  /** 0 when nothing between `from` and `upTo` is there to be read. */
  readonly sizeInBytes: number;
  /** Exclusive: no record of the plan lies at or beyond it. For `abortedTransactions(from, plan.endOffset)`, or to plan on from. */
  readonly endOffset: number;
  /** Of the log's own: whether the files have been cut since. */
  readonly truncations: number;
  readonly parts: readonly ReadPart[];
}

/** What a log shows to someone who plans a read. */
export interface ReadView {
  /** Rising. */
  readonly segments: readonly Segment[];
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  /** What is written may be read: up to this offset, which is this position of the last segment. */
  readonly writtenEndOffset: number;
  readonly writtenEnd: number;
  readonly truncations: number;
  readonly epochs: Pick<LeaderEpochs, 'epochOf'>;
}

const OUT_OF_RANGE: ReadRefused = { kind: 'refused', errorCode: ErrorCode.OFFSET_OUT_OF_RANGE };
const NO_PARTS: readonly ReadPart[] = [];

/** Index of the segment that holds `offset`, or the first. */
export function floorSegment(segments: readonly Segment[], offset: number): number {
  const last = segments.length - 1;
  if (last <= 0 || (segments[last] as Segment).baseOffset <= offset) return Math.max(last, 0);
  let low = 0;
  let high = last;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((segments[middle] as Segment).baseOffset <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Where in segment number `index` the batches end that lie below `limit` altogether. */
export function endOfReadable(view: ReadView, index: number, limit: number): number {
  const segment = view.segments[index] as Segment;
  const next = view.segments[index + 1];
  const end = next === undefined ? view.writtenEnd : segment.size;
  const endOffset = next?.baseOffset ?? view.writtenEndOffset;
  return limit >= endOffset ? end : segment.positionOf(limit, end);
}

/** Settles which bytes a read returns: from a batch boundary on, across segments as long as there is room. */
export function planRead(view: ReadView, request: ReadRequest): ReadPlan | ReadRefused {
  const { from, maxBytes, upTo, minOneBatch } = request;
  if (from < view.logStartOffset || from > view.logEndOffset) return OUT_OF_RANGE;
  const limit = Math.min(upTo, view.writtenEndOffset);
  const { segments, truncations } = view;
  let parts: ReadPart[] | undefined;
  let room = maxBytes;
  let endOffset = from;
  for (let index = floorSegment(segments, from); index < segments.length; index++) {
    const segment = segments[index] as Segment;
    if (Math.max(from, segment.baseOffset) >= limit) break;
    const end = endOfReadable(view, index, limit);
    const position = segment.positionOf(from, end);
    if (position < end) {
      if (parts === undefined) assertServed(segment, position);
      let cut = end;
      const isCut = end - position > room;
      if (isCut) {
        let boundary = segment.boundaryAtMost(position + room, position, end);
        if (boundary.position === position) {
          if (!minOneBatch || parts !== undefined) break;
          boundary = segment.boundaryAfter(position, end);
        }
        cut = Math.max(boundary.position, position + room);
        endOffset = boundary.offset;
      }
      (parts ??= []).push({ segment, position, bytes: cut - position });
      room -= cut - position;
      if (isCut) break;
    }
    endOffset = Math.min(limit, segments[index + 1]?.baseOffset ?? limit);
    if (room <= 0) break;
  }
  return { kind: 'plan', sizeInBytes: maxBytes - room, endOffset, truncations, parts: parts ?? NO_PARTS };
}

/** Undefined when a read can be planned without waiting for the disk; else what must be awaited first. It does not reject. */
export function prepareToPlan(
  { segments, logStartOffset, writtenEndOffset }: ReadView,
  from: number,
  maxBytes: number,
): Promise<void> | undefined {
  if (from < logStartOffset || from >= writtenEndOffset || maxBytes <= 0) return undefined;
  const missing = firstNotAtHand(segments, from, maxBytes);
  return missing && bringToHand(segments, missing);
}

interface Stretch {
  readonly segment: Segment;
  readonly from: number;
  readonly bytes: number;
}

/** The first segment that a read goes through and that is not at hand. */
function firstNotAtHand(segments: readonly Segment[], from: number, maxBytes: number): Stretch | undefined {
  let bytes = maxBytes;
  for (let index = floorSegment(segments, from); index < segments.length && bytes > 0; index++) {
    const segment = segments[index] as Segment;
    const start = Math.max(from, segment.baseOffset);
    const atHand = segment.bytesAtHand(start, bytes);
    if (atHand === undefined) return { segment, from: start, bytes };
    bytes -= atHand;
  }
  return undefined;
}

async function bringToHand(segments: readonly Segment[], first: Stretch): Promise<void> {
  let missing: Stretch | undefined = first;
  try {
    while (missing !== undefined) {
      const { segment, from, bytes }: Stretch = missing;
      await segment.bringToHand(from, bytes);
      missing = firstNotAtHand(segments, from, bytes);
      // It needs more than reading, or is no segment of the log any more.
      if (missing?.segment === segment) return;
    }
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
  }
}

/** Whether two plans read the same bytes of one segment. */
export function isSameRead(one: ReadPlan, other: ReadPlan): boolean {
  if (one.truncations !== other.truncations || one.parts.length !== 1 || other.parts.length !== 1) return false;
  const [part, same] = [one.parts[0] as ReadPart, other.parts[0] as ReadPart];
  return part.segment === same.segment && part.position === same.position && part.bytes === same.bytes;
}

/** Whether the bytes of a plan are not likely to be waited for. */
export function isAtHand(plan: ReadPlan): boolean {
  return plan.parts.every(({ segment, position, bytes }) => segment.isWarm(position, bytes));
}

/** Whether the bytes of a plan were looked at already. */
export function isFoundGood(plan: ReadPlan): boolean {
  return plan.parts.every(({ segment, position, bytes }) => segment.good.covers(position, position + bytes));
}

/** @throws CorruptSegmentError when the batch that begins at `position` was found damaged */
function assertServed(segment: Segment, position: number): void {
  const damage = segment.good.damageAt(position);
  if (damage !== undefined) throw new CorruptSegmentError(segment.path(SUFFIX.log), position, damage);
}

/** How many of the bytes that were read from a place of a segment may be served; the next plan tells why not all. */
function servable(
  { segments, logEndOffset, epochs }: ReadView,
  segment: Segment,
  bytes: Buffer,
  position: number,
): number {
  const next = segments[floorSegment(segments, segment.baseOffset) + 1];
  return segment.good.check(bytes, position, {
    endOffset: next?.baseOffset ?? logEndOffset,
    size: segment.size,
    epochOf: (offset) => epochs.epochOf(offset),
    offsetAt: (at) => new HeaderScan(segment.file(), at, segment.size).next()?.baseOffset,
    lowestOffsetAt: (at) => segment.lowestOffsetAt(at),
  });
}

/** Reads a plan into `out`, of its size; less than planned when its segments have gone, were cut since, or are damaged. */
export function readPlan(plan: ReadPlan, view: ReadView, out: Buffer): Buffer {
  let filled = 0;
  for (const { segment, position, bytes } of plan.parts) {
    if (segment.isRemoved) break;
    const read = segment.read(out.subarray(filled, filled + bytes), position);
    const served = servable(view, segment, out.subarray(filled, filled + read), position);
    filled += served;
    if (served < bytes) break;
  }
  return filled === out.length ? out : out.subarray(0, filled);
}

/** The same without blocking the event loop. */
export async function readPlanLater(plan: ReadPlan, view: ReadView, out: Buffer): Promise<Buffer> {
  let filled = 0;
  for (const { segment, position, bytes } of plan.parts) {
    if (segment.isRemoved) break;
    const read = await segment.readLater(out.subarray(filled, filled + bytes), position);
    // A cut in the meantime is the caller's to notice.
    const served = segment.isRemoved ? 0 : servable(view, segment, out.subarray(filled, filled + read), position);
    filled += served;
    if (served < bytes) break;
  }
  return filled === out.length ? out : out.subarray(0, filled);
}

/**
 * The batches from the one that holds `from` to the last that lies below `upTo`. Whoever takes them may let time pass in between:
 * where segments were replaced or deleted meanwhile, it goes on in those that are there now.
 * @throws FileError, CorruptSegmentError
 */
export function* batchesBetween(
  viewNow: () => ReadView,
  from: number,
  upTo: number,
): Generator<RecordBatch, void, undefined> {
  let next = from;
  while (next < upTo) {
    const view = viewNow();
    const index = floorSegment(view.segments, next);
    const segment = view.segments[index] as Segment;
    if (segment.baseOffset >= upTo) return;
    const end = endOfReadable(view, index, upTo);
    const scan = segment.scan(segment.positionOf(next, end), end);
    let batch = scan.next();
    while (batch !== undefined) {
      if (!batch.isValid()) {
        const reason = `the crc of the batch at offset ${batch.baseOffset} does not match`;
        throw new CorruptSegmentError(segment.path(SUFFIX.log), scan.position, reason);
      }
      next = batch.nextOffset;
      yield batch;
      if (segment.isMarkedDeleted) break;
      batch = scan.next();
    }
    if (scan.problem !== undefined)
      throw new CorruptSegmentError(segment.path(SUFFIX.log), scan.problem.position, scan.problem.message);
    if (batch === undefined) next = Math.max(next, view.segments[index + 1]?.baseOffset ?? upTo);
  }
}
