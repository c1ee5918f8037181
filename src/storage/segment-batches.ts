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

/** Reads whole segments without getting into others' way: a piece of bounded size at a time, into the same memory. */
export class SegmentBatches {
  readonly #pace: CleaningPace;
  readonly #pieceBytes: number;
  #piece: Buffer;

  constructor(pace: CleaningPace, pieceBytes: number) {
    this.#pace = pace;
    this.#pieceBytes = Math.max(pieceBytes, RecordBatch.HEADER_BYTES);
    this.#piece = Buffer.allocUnsafeSlow(this.#pieceBytes);
  }

  /**
   * Hands the batches from `position` on to `visitor`. Returns whether it went through to the end.
   * @throws FileError, CorruptSegmentError, what the visitor throws
   */
  async visit(segment: Segment, position: number, visitor: BatchVisitor): Promise<boolean> {
    const end = segment.size;
    for (let at = position; at < end;) {
      visitor.check(segment);
      const bytes = await segment.readLater(this.#piece.subarray(0, Math.min(this.#piece.length, end - at)), at);
      visitor.check(segment);
      await this.#pace.moved(bytes);
      const { used, isOver } = await this.#visitPiece(segment, at, bytes, end, visitor);
      await visitor.pieceDone?.();
      if (isOver) return false;
      at += used;
      if (used > 0) {
        if (this.#piece.length > this.#pieceBytes) this.#piece = Buffer.allocUnsafeSlow(this.#pieceBytes);
      } else if (bytes < Math.min(this.#piece.length, end - at)) {
        throw corrupt(segment, at, 'the file is shorter than it was');
      } else {
        // The frame of the batch was found to fit into the segment.
        this.#piece = Buffer.allocUnsafeSlow(new RecordBatch(this.#piece).sizeInBytes);
      }
    }
    visitor.check(segment);
    return true;
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

function corrupt(segment: Segment, position: number, message: string): CorruptSegmentError {
  return new CorruptSegmentError(segment.path(SUFFIX.log), position, message);
}
