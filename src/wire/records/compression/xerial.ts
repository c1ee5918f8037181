import { CorruptRecordError } from '../errors.ts';

/** The stream header of snappy-java: a magic, version 1, readable from version 1 on. */
const HEADER = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
const MAGIC_BYTES = 8;
/** What snappy-java puts in one block. */
const BLOCK_BYTES = 32 * 1024;

/** Kafka's Java clients write snappy in this framing; others write a single block without. */
export function isXerial(data: Buffer): boolean {
  return data.length >= HEADER.length && data.compare(HEADER, 0, MAGIC_BYTES, 0, MAGIC_BYTES) === 0;
}

/** The compressed blocks of a xerial stream, as views. @throws CorruptRecordError */
export function xerialBlocks(data: Buffer): Buffer[] {
  const blocks: Buffer[] = [];
  for (let at = HEADER.length; at < data.length;) {
    const left = data.length - at - 4;
    const bytes = left < 0 ? -1 : data.readInt32BE(at);
    if (bytes < 0 || bytes > left) throw new CorruptRecordError('snappy: a block runs over the end of the stream', at);
    blocks.push(data.subarray(at + 4, at + 4 + bytes));
    at += 4 + bytes;
  }
  return blocks;
}

/** A xerial stream of `data`, its blocks compressed by `compressBlock`. */
export function toXerial(data: Buffer, compressBlock: (block: Buffer) => Uint8Array): Buffer {
  const parts: Uint8Array[] = [HEADER];
  for (let at = 0; at < data.length; at += BLOCK_BYTES) {
    const block = compressBlock(data.subarray(at, at + BLOCK_BYTES));
    const length = Buffer.allocUnsafe(4);
    length.writeInt32BE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}
