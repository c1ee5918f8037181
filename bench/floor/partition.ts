import { openSync, readSync, writevSync } from 'node:fs';
import { join } from 'node:path';
import type { BufferPool } from '../../src/server/buffer-pool.ts';
import { RecordBatch } from '../../src/wire/records/index.ts';

/** A file of batches, one after another. `undefined` for a folder: batches are counted, and not kept. */
export class Partition {
  readonly #file: number | undefined;
  readonly #firstOffsets: number[] = [];
  readonly #positions: number[] = [];
  #sizeInBytes = 0;
  endOffset = 0;

  constructor(folder: string | undefined, topic: string, index: number) {
    this.#file = folder === undefined ? undefined : openSync(join(folder, `${topic}-${index}`), 'a+');
  }

  /** Appends what producers send, which is one batch. Returns its offset. Throws Error where its checksum is wrong. */
  append(records: Buffer): number {
    const batch = new RecordBatch(records, 0);
    const baseOffset = this.endOffset;
    this.endOffset += batch.lastOffsetDelta + 1;
    if (this.#file === undefined) return baseOffset;
    if (!batch.isValid()) throw new Error('a batch is corrupt');
    batch.setBaseOffset(baseOffset);
    batch.setPartitionLeaderEpoch(0);
    writevSync(this.#file, [records]);
    this.#firstOffsets.push(baseOffset);
    this.#positions.push(this.#sizeInBytes);
    this.#sizeInBytes += records.length;
    return baseOffset;
  }

  /** At most so many bytes from the batch on that has the offset, in memory of the pool; undefined at the end. */
  read(offset: number, maxBytes: number, pool: BufferPool): Buffer | undefined {
    if (this.#file === undefined || offset >= this.endOffset) return undefined;
    const position = this.#positions[this.#batchWith(offset)] as number;
    const buffer = pool.take(Math.min(maxBytes, this.#sizeInBytes - position));
    readSync(this.#file, buffer, 0, buffer.length, position);
    return buffer;
  }

  #batchWith(offset: number): number {
    let low = 0;
    let high = this.#firstOffsets.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#firstOffsets[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
