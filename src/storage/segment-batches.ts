import { isCompressionReady, prepareCompression, RecordBatch } from '../wire/records/index.ts';
import type { CleaningPace } from './cleaning-pace.ts';
import { CorruptSegmentError } from './corrupt-segment-error.ts';
import { SUFFIX } from './file-names.ts';
import { frameProblem } from './segment-scan.ts';
import type { Segment } from './segment.ts';

/** What is done with the batches of a segment. */
export interface BatchVisitor {
  /** Throws when there is no use in going on: called after everything that others may have used. */
  readonly check: (segment: Segment) => void;
  /** The batch is good until `read` is called again. False ends the visit. */
  readonly visit: (batch: RecordBatch) => boolean;
  /** All batches of a piece of file were visited; the memory that they lie in is used again afterwards. */
  readonly pieceDone?: () => Promise<void>;
}

/**
 * Reads whole segments without getting into others' way: a piece of bounded size at a time, while the piece before it is visited,
 * into the same memory again.
 */
export class SegmentBatches {
  readonly #pace: CleaningPace;
  readonly #pieceBytes: number;
  /** What is visited, and what is read into. */
  #piece: Buffer;
  #spare: Buffer;
  /** Settles when nothing is read into the spare piece any more. */
  #spareIsFree: Promise<unknown> = Promise.resolve();

  /** @param pieceBytes there are two pieces of so many; a larger batch gets more */
  constructor(pace: CleaningPace, pieceBytes: number) {
    this.#pace = pace;
    this.#pieceBytes = Math.max(pieceBytes, RecordBatch.HEADER_BYTES);
    this.#piece = Buffer.allocUnsafeSlow(this.#pieceBytes);
    this.#spare = Buffer.allocUnsafeSlow(this.#pieceBytes);
  }

  /**
   * Hands the batches from `position` on to `visitor`. Returns whether it went through to the end.
   * @throws FileError, CorruptSegmentError, what the visitor throws
   */
  async visit(segment: Segment, position: number, visitor: BatchVisitor): Promise<boolean> {
    const end = segment.size;
    const check = (): void => visitor.check(segment);
    let next = this.#read(segment, position, end, check);
    for (let at = position; at < end;) {
      const bytes = await next;
      check();
      [this.#piece, this.#spare] = [this.#spare, this.#piece];
      await this.#pace.moved(bytes);
      const whole = bytesOfWholeBatches(this.#piece, bytes);
      if (whole > 0 && at + whole < end) next = this.#read(segment, at + whole, end, check);
      const { used, isOver } = await this.#visitPiece(segment, at, bytes, end, visitor);
      await visitor.pieceDone?.();
      if (isOver) return false;
      at += used;
      if (used > 0) continue;
      if (bytes < Math.min(this.#piece.length, end - at)) throw corrupt(segment, at, 'the file is shorter than it was');
      // The frame of the batch was found to fit into the segment.
      next = this.#read(segment, at, end, check, new RecordBatch(this.#piece).sizeInBytes);
    }
    check();
    return true;
  }

  /** Fills the spare piece from `at` on. */
  #read(segment: Segment, at: number, end: number, check: () => void, pieceBytes = this.#pieceBytes): Promise<number> {
    const reading = this.#spareIsFree.then(() => {
      check();
      if (this.#spare.length !== pieceBytes) this.#spare = Buffer.allocUnsafeSlow(pieceBytes);
      return segment.readLater(this.#spare.subarray(0, Math.min(this.#spare.length, end - at)), at);
    });
    this.#spareIsFree = reading.catch(() => undefined);
    return reading;
  }

  /** The whole batches among the first `bytes` of the piece, which are at `at` in the file. */
  async #visitPiece(
    segment: Segment,
    at: number,
    bytes: number,
    end: number,
    { check, visit }: BatchVisitor,
  ): Promise<{ used: number; isOver: boolean }> {
    let used = 0;
    while (bytes - used >= RecordBatch.HEADER_BYTES) {
      const batch = new RecordBatch(this.#piece, used);
      const problem = frameProblem(batch, end - at - used);
      if (problem !== undefined) throw corrupt(segment, at + used, problem);
      if (batch.sizeInBytes > bytes - used) break;
      if (!batch.isValid()) {
        throw corrupt(segment, at + used, `the crc of the batch at offset ${batch.baseOffset} does not match`);
      }
      const type = batch.compressionType;
      if (!isCompressionReady(type)) await prepareCompression(type);
      if (!visit(batch)) return { used, isOver: true };
      used += batch.sizeInBytes;
      if (this.#pace.isSliceOver) {
        await this.#pace.rest();
        check(segment);
      }
    }
    if (bytes - used < RecordBatch.HEADER_BYTES && used === 0)
      throw corrupt(segment, at, `${bytes} bytes are too few for a batch`);
    return { used, isOver: false };
  }
}

/** How far the batches reach of which all is there, as far as their headers make sense. */
function bytesOfWholeBatches(piece: Buffer, bytes: number): number {
  let end = 0;
  while (bytes - end >= RecordBatch.HEADER_BYTES) {
    const header = new RecordBatch(piece, end);
    if (frameProblem(header, bytes - end) !== undefined) break;
    end += header.sizeInBytes;
  }
  return end;
}

function corrupt(segment: Segment, position: number, message: string): CorruptSegmentError {
  return new CorruptSegmentError(segment.path(SUFFIX.log), position, message);
}
