import type { File } from '../base/index.ts';
import type { CorruptSegmentError } from './corrupt-segment-error.ts';
import { lastBoundary, offsetAfter, positionOfOffset, type Boundary } from './header-search.ts';
import type { OffsetIndex } from './offset-index.ts';
import { RecentBatches } from './recent-batches.ts';
import { HeaderScan } from './segment-scan.ts';

/** A segment's file and its offset index. */
interface IndexedFile {
  readonly baseOffset: number;
  file(): File;
  offsetIndex(): OffsetIndex;
  /** A scan that begins at the batch of the last of the first `entries` index entries, or at the start. */
  scanFrom(entries: number, end: number): HeaderScan;
  corrupt(position: number, message: string): CorruptSegmentError;
}

/** Finds batches of one segment by offset or by position: in memory as far as that tells, else by going from header to header. */
export class BatchPositions {
  readonly #segment: IndexedFile;
  /** The last batches, while the segment grows. */
  readonly recent: RecentBatches;
  /** Where the last plan cut short ended: a reader goes on there. */
  #hint: Boundary | undefined;

  constructor(segment: IndexedFile) {
    this.#segment = segment;
    this.recent = new RecentBatches(segment.baseOffset - 1);
  }

  /** The file was cut. */
  forgetHint(): void {
    this.#hint = undefined;
  }

  /** See `Segment.positionOf`. */
  positionOf(offset: number, end: number): number {
    const { baseOffset } = this.#segment;
    if (offset <= baseOffset) return 0;
    const recent = this.recent.positionOf(offset, end);
    if (recent >= 0) return Math.min(recent, end);
    if (this.#hint?.offset === offset && this.#hint.position <= end) return this.#hint.position;
    if (end === 0) return 0;
    const index = this.#segment.offsetIndex();
    const indexed = index.positionOf(offset);
    if (indexed !== undefined) return Math.min(indexed, end);
    const scan = this.#segment.scanFrom(Math.min(index.floor(offset), index.floorOfPosition(end - 1)), end);
    const position = positionOfOffset(scan, offset, baseOffset);
    if (position === undefined && scan.problem !== undefined)
      throw this.#segment.corrupt(scan.problem.position, scan.problem.message);
    return position ?? end;
  }

  /** See `Segment.lowestOffsetAt`. */
  lowestOffsetAt(position: number, isEnd: boolean): number {
    if (position === 0) return this.#segment.baseOffset;
    if (isEnd) return this.recent.offsetBefore(position) + 1;
    const entries = this.#segment.offsetIndex().floorOfPosition(position - 1);
    return offsetAfter(this.#segment.scanFrom(entries, position), this.#segment.baseOffset);
  }

  /** See `Segment.boundaryAtMost`. */
  boundaryAtMost(target: number, position: number, end: number): Boundary {
    const recent = this.recent.boundaryAtMost(target);
    if (recent > position) return { position: recent, offset: this.recent.offsetBefore(recent) + 1 };
    const index = this.#segment.offsetIndex();
    const indexed = index.boundaryAtMost(target);
    if (indexed !== undefined && indexed.position > position) return (this.#hint = indexed);
    const entries = index.floorOfPosition(target);
    const isIndexed = entries > 0 && index.positionAt(entries - 1) > position;
    const scan = isIndexed ? this.#segment.scanFrom(entries, end) : new HeaderScan(this.#segment.file(), position, end);
    const boundary = lastBoundary(scan, position, target, this.#segment.baseOffset);
    if (scan.problem !== undefined) throw this.#segment.corrupt(scan.problem.position, scan.problem.message);
    return (this.#hint = boundary);
  }

  /** Where headers are read to find the first and the last batch of a read. */
  placesOf(offset: number, bytes: number, size: number, index: OffsetIndex): readonly number[] {
    const before = (entries: number): number => (entries === 0 ? 0 : index.positionAt(entries - 1));
    const start = this.#hint?.offset === offset ? this.#hint.position : before(index.floor(offset));
    if (start + bytes >= size) return [start];
    return [start, Math.max(start, before(index.floorOfPosition(start + bytes)))];
  }
}
