import type { File } from '../../base/index.ts';
import { RecordBatch } from '../../wire/records/index.ts';
import { frameProblem, SegmentScan } from '../segment-scan.ts';
import { isZeroFrom } from '../zeros.ts';

const CHUNK_BYTES = 1024 * 1024;
const MAGIC_AT = 16;

/**
 * A stretch of a segment file: a batch that is whole, bytes that are not one, or the zeros that are behind the batches of a log
 * that grows fast (`Headroom`) while it is open, and after a crash.
 */
export type Stretch =
  | { readonly kind: 'batch'; readonly position: number; readonly batch: RecordBatch }
  | { readonly kind: 'zeros'; readonly position: number; readonly bytes: number }
  | { readonly kind: 'damage'; readonly position: number; readonly bytes: number; readonly problem: string };

/** Goes on from one batch to the next, and knows which offsets can follow. */
interface Place {
  readonly nextOffset: number;
  /** Exclusive: where the next segment begins. */
  readonly endOffset: number;
}

/**
 * Goes through a segment file from end to end, and over damage to the next batch whose crc is right and whose offsets go on:
 * what recovery after a crash would cut away with all that follows.
 *
 * @param endOffset where the next segment begins; Infinity for the last
 */
export function* survivingBatches(
  file: File,
  baseOffset: number,
  endOffset = Infinity,
): Generator<Stretch, void, undefined> {
  const size = file.size();
  let nextOffset = baseOffset;
  // A batch's offset is outside of its crc: only the one after it shows whether it can be right.
  let pending: { readonly kind: 'batch'; readonly position: number; readonly batch: RecordBatch } | undefined;
  for (let from = 0; from < size;) {
    const scan = new SegmentScan(file, from, size);
    let problem: string | undefined;
    for (let batch = scan.next(); batch !== undefined; batch = scan.next()) {
      problem = problemOf(batch, { nextOffset: pending?.batch.nextOffset ?? nextOffset, endOffset });
      if (problem !== undefined) {
        if (pending === undefined || problemOf(batch, { nextOffset, endOffset }) !== undefined) break;
        const { position, batch: wrong } = pending;
        problem = undefined;
        yield {
          kind: 'damage',
          position,
          bytes: wrong.sizeInBytes,
          problem: `offset ${wrong.baseOffset} before ${batch.baseOffset}`,
        };
      } else if (pending !== undefined) {
        yield pending;
        nextOffset = pending.batch.nextOffset;
      }
      pending = { kind: 'batch', position: scan.position, batch };
    }
    if (pending !== undefined) {
      yield pending;
      nextOffset = pending.batch.nextOffset;
      pending = undefined;
    }
    if (problem === undefined && scan.problem === undefined) return;
    const position = scan.problem?.position ?? scan.position;
    const isLast = endOffset === Infinity && size - position >= RecordBatch.HEADER_BYTES;
    if (isLast && isZeroFrom(file, position)) return yield { kind: 'zeros', position, bytes: size - position };
    const resumed = nextBatch(file, position + 1, size, { nextOffset, endOffset });
    yield { kind: 'damage', position, bytes: resumed - position, problem: problem ?? scan.problem?.message ?? '' };
    from = resumed;
  }
}

function problemOf(batch: RecordBatch, { nextOffset, endOffset }: Place): string | undefined {
  if (!batch.isValid()) return `the crc of the batch at offset ${batch.baseOffset} does not match`;
  if (batch.baseOffset < nextOffset) return `offset ${batch.baseOffset} after ${nextOffset - 1}`;
  if (batch.lastOffset >= endOffset) return `offset ${batch.lastOffset} in a segment that ends before ${endOffset}`;
  return undefined;
}

/** Where the next batch begins that can be believed, from `from` on; the end of the file when there is none. */
function nextBatch(file: File, from: number, size: number, place: Place): number {
  const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  for (let chunkAt = from; chunkAt + RecordBatch.HEADER_BYTES <= size;) {
    const bytes = file.read(chunk, chunkAt);
    const last = bytes - RecordBatch.HEADER_BYTES;
    for (let at = chunk.indexOf(2, MAGIC_AT); at >= 0 && at - MAGIC_AT <= last; at = chunk.indexOf(2, at + 1)) {
      const position = chunkAt + at - MAGIC_AT;
      const header = new RecordBatch(chunk, at - MAGIC_AT);
      if (frameProblem(header, size - position) !== undefined) continue;
      const batch = new SegmentScan(file, position, size).next();
      if (batch !== undefined && problemOf(batch, place) === undefined) return position;
    }
    if (last < 0) break;
    chunkAt += last + 1;
  }
  return size;
}
