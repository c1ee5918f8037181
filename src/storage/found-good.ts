import { RecordBatch } from '../wire/records/index.ts';
import { frameProblem } from './segment-scan.ts';

/** What the bytes around a piece of a segment say about it. */
export interface Surroundings {
  /** The epoch in which the record at an offset was written, or -1 where that is not known. */
  readonly epochOf: (offset: number) => number;
  /** No batch of the segment reaches beyond it. */
  readonly endOffset: number;
  /** Where the segment ends, in bytes. */
  readonly size: number;
  /** The base offset of the batch that begins at a position of the file. */
  readonly offsetAt: (position: number) => number | undefined;
  /** The lowest offset that a batch there can have, by the one before it. */
  readonly lowestOffsetAt: (position: number) => number;
}

/**
 * What of a segment's file was found good since it was opened, and where it is damaged. What this process wrote, or recovered, is
 * good; of the rest each piece is looked at when it is first read, and the last of them remembered: who reads on from there, or
 * reads it again, costs nothing more.
 */
export class FoundGood {
  /** From here on the file is our own. */
  #ownFrom: number;
  #from = 0;
  #to = 0;
  /** Of the batch at `#to`, at least. */
  #nextOffset: number;
  readonly #damages = new Map<number, string>();

  constructor(baseOffset: number, ownFrom: number) {
    this.#nextOffset = baseOffset;
    this.#ownFrom = ownFrom;
  }

  /** What lies at `position` and beyond is written by us from now on. */
  ownFrom(position: number): void {
    if (position > this.#ownFrom) return;
    this.#ownFrom = position;
    for (const at of this.#damages.keys()) if (at >= position) this.#damages.delete(at);
  }

  /** What is wrong with the batch that begins there; undefined when that is not known, or nothing is. */
  damageAt(position: number): string | undefined {
    return this.#damages.size === 0 ? undefined : this.#damages.get(position);
  }

  /** Whether all of it was found good. */
  covers(position: number, end: number): boolean {
    return position >= this.#ownFrom || (position >= this.#from && end <= this.#to);
  }

  /** How many of these bytes, which begin with a batch at `position`, may be served. The last batch may not be whole. */
  check(bytes: Buffer, position: number, surroundings: Surroundings): number {
    const end = position + bytes.length;
    if (this.covers(position, end)) return bytes.length;
    const isKnown = position >= this.#from && position <= this.#to;
    let at = isKnown ? this.#to - position : 0;
    let atLeast = isKnown ? this.#nextOffset : surroundings.lowestOffsetAt(position);
    // Of two batches that contradict each other it is the one before that was not looked at, if this one goes with the next.
    let isSure = isKnown || position === 0;
    let isWhole = true;
    while (isWhole && bytes.length - at >= RecordBatch.HEADER_BYTES && position + at < this.#ownFrom) {
      const batch = new RecordBatch(bytes, at);
      // A read may end within a batch, the segment may not.
      const frame = frameProblem(batch, surroundings.size - position - at);
      isWhole = frame !== undefined || batch.sizeInBytes <= bytes.length - at;
      if (!isWhole) break;
      const problem = frame ?? batchProblem(batch, position + at, { atLeast, isSure }, surroundings);
      if (problem !== undefined) {
        this.#damages.set(position + at, problem);
        this.#note(position, position + at, atLeast);
        return at;
      }
      atLeast = batch.nextOffset;
      isSure = true;
      at += batch.sizeInBytes;
    }
    this.#note(position, position + at, atLeast);
    return bytes.length;
  }

  #note(from: number, to: number, nextOffset: number): void {
    if (to <= from) return;
    if (from > this.#to || to < this.#from) this.#from = from;
    else this.#from = Math.min(this.#from, from);
    this.#to = to;
    this.#nextOffset = nextOffset;
  }
}

/** Offset and epoch lie outside the crc: what is around must agree with them. */
function batchProblem(
  batch: RecordBatch,
  position: number,
  { atLeast, isSure }: { readonly atLeast: number; readonly isSure: boolean },
  { epochOf, endOffset, offsetAt }: Surroundings,
): string | undefined {
  const { baseOffset, nextOffset, partitionLeaderEpoch } = batch;
  if (!batch.isValid()) return `the crc of the batch at offset ${baseOffset} does not match`;
  const following = offsetAt(position + batch.sizeInBytes) ?? endOffset;
  if (baseOffset < atLeast && (isSure || nextOffset !== following)) return `offset ${baseOffset} after ${atLeast - 1}`;
  if (nextOffset > Math.min(following, endOffset)) return `offset ${nextOffset - 1} before ${following}`;
  const epoch = epochOf(baseOffset);
  if (epoch >= 0 && epoch !== partitionLeaderEpoch) return `leader epoch ${partitionLeaderEpoch} within ${epoch}`;
  return undefined;
}
