import { CorruptRecordError, RecordsTooLargeError } from '../errors.ts';
import { compressBlock, decompressBlock, mostCompressedBytes } from './lz4-block.ts';
import { xxh32 } from './xxh32.ts';

export const LZ4_MAGIC = 0x184d2204;
/** What Kafka's client writes: blocks of 64 KiB that need no other. */
const BLOCK_BYTES = 64 * 1024;
const BLOCK_SIZE_64_KIB = 4;
const HEADER_BYTES = 7;
const RAW = 0x80000000;

const FLAG = {
  version: 0x40,
  versionMask: 0xc0,
  independentBlocks: 0x20,
  blockChecksums: 0x10,
  contentSize: 0x08,
  contentChecksum: 0x04,
  reserved: 0x02,
  dictionaryId: 0x01,
} as const;

/** What the header and the block lengths of a frame say, with no block decompressed yet. */
export interface Lz4Frame {
  areBlocksIndependent: boolean;
  hasBlockChecksums: boolean;
  hasContentChecksum: boolean;
  /** null when the header does not say. */
  contentBytes: number | null;
  blockBytes: number;
  /** Where blocks begin, and where the frame ends; what follows it is none of Kafka's concern. */
  blocksAt: number;
  end: number;
  /** No less than the frame decompresses to. */
  mostBytes: number;
}

/** One frame, without checksums other than the header's, as Kafka's clients write it. */
export function compressFrame(data: Buffer): Buffer {
  const blocks = Math.ceil(data.length / BLOCK_BYTES);
  const out = Buffer.allocUnsafe(HEADER_BYTES + mostCompressedBytes(data.length) + blocks * (4 + 16) + 4);
  out.writeUInt32LE(LZ4_MAGIC, 0);
  out[4] = FLAG.version | FLAG.independentBlocks;
  out[5] = BLOCK_SIZE_64_KIB << 4;
  out[6] = headerChecksum(out, 4, 6);
  let at = HEADER_BYTES;
  for (let from = 0; from < data.length; from += BLOCK_BYTES) {
    const to = Math.min(data.length, from + BLOCK_BYTES);
    const end = compressBlock(data, from, to, out, at + 4);
    if (end - at - 4 < to - from) {
      out.writeUInt32LE(end - at - 4, at);
      at = end;
    } else {
      out.writeUInt32LE(RAW + (to - from), at);
      at += 4 + data.copy(out, at + 4, from, to);
    }
  }
  return out.subarray(0, out.writeUInt32LE(0, at));
}

/** Checks the header and that all blocks lie within `data`. @throws CorruptRecordError */
export function readFrame(data: Buffer): Lz4Frame {
  want(data, 0, HEADER_BYTES);
  const magic = data.readUInt32LE(0);
  if (magic !== LZ4_MAGIC) throw new CorruptRecordError(`lz4: magic 0x${magic.toString(16)}`, 0);
  const flags = data[4]!;
  const descriptor = data[5]!;
  if ((flags & FLAG.versionMask) !== FLAG.version) throw new CorruptRecordError('lz4: not version 1', 4);
  if ((flags & FLAG.reserved) !== 0 || (descriptor & 0x8f) !== 0) {
    throw new CorruptRecordError('lz4: a reserved bit is set', 4);
  }
  if ((flags & FLAG.dictionaryId) !== 0) throw new CorruptRecordError('lz4: a dictionary is wanted', 4);
  const blockSize = descriptor >>> 4;
  if (blockSize < BLOCK_SIZE_64_KIB) throw new CorruptRecordError(`lz4: block size ${blockSize}`, 5);
  let at = 6;
  let contentBytes: number | null = null;
  if ((flags & FLAG.contentSize) !== 0) {
    want(data, at, 9);
    contentBytes = data.readUInt32LE(at) + data.readUInt32LE(at + 4) * 2 ** 32;
    at += 8;
  }
  if (headerChecksum(data, 4, at) !== data[at]) throw new CorruptRecordError('lz4: the header checksum is wrong', at);
  at++;

  const hasBlockChecksums = (flags & FLAG.blockChecksums) !== 0;
  const hasContentChecksum = (flags & FLAG.contentChecksum) !== 0;
  const blockBytes = 1 << (8 + 2 * blockSize);
  const blocksAt = at;
  let mostBytes = 0;
  for (;;) {
    want(data, at, 4);
    const stated = data.readUInt32LE(at);
    at += 4;
    if (stated === 0) break;
    const bytes = stated & ~RAW;
    if (bytes > blockBytes) throw new CorruptRecordError(`lz4: a block of ${bytes} bytes`, at);
    want(data, at, bytes + (hasBlockChecksums ? 4 : 0));
    at += bytes + (hasBlockChecksums ? 4 : 0);
    // No byte of a block stands for more than 255.
    mostBytes += stated >= RAW ? bytes : Math.min(blockBytes, bytes * 255);
  }
  if (hasContentChecksum) {
    want(data, at, 4);
    at += 4;
  }
  return {
    areBlocksIndependent: (flags & FLAG.independentBlocks) !== 0,
    hasBlockChecksums,
    hasContentChecksum,
    contentBytes,
    blockBytes,
    blocksAt,
    end: at,
    mostBytes,
  };
}

/** Verifies every checksum there is. @throws CorruptRecordError, RecordsTooLargeError */
export function decompressFrame(data: Buffer, frame: Lz4Frame, maxBytes: number): Buffer {
  if (frame.contentBytes !== null && frame.contentBytes > maxBytes) throw new RecordsTooLargeError(maxBytes, 'lz4');
  const out = Buffer.allocUnsafe(Math.min(frame.mostBytes, maxBytes));
  let written = 0;
  let at = frame.blocksAt;
  for (;;) {
    const stated = data.readUInt32LE(at);
    at += 4;
    if (stated === 0) break;
    const blockEnd = at + (stated & ~RAW);
    if (frame.hasBlockChecksums && data.readUInt32LE(blockEnd) !== xxh32(data, at, blockEnd)) {
      throw new CorruptRecordError('lz4: a block checksum is wrong', at);
    }
    const mostEnd = written + frame.blockBytes;
    if (stated >= RAW) {
      if (blockEnd - at > out.length - written) throw new RecordsTooLargeError(maxBytes, 'lz4');
      written += data.copy(out, written, at, blockEnd);
    } else {
      const matchesFrom = frame.areBlocksIndependent ? written : 0;
      const limit = Math.min(out.length, mostEnd);
      written = decompressBlock(data, at, blockEnd, out, written, { matchesFrom, limit });
      if (written < 0 && limit === mostEnd) {
        throw new CorruptRecordError(`lz4: a block of more than ${frame.blockBytes} bytes`, at);
      }
      if (written < 0) throw new RecordsTooLargeError(maxBytes, 'lz4');
    }
    at = blockEnd + (frame.hasBlockChecksums ? 4 : 0);
  }
  if (frame.contentBytes !== null && frame.contentBytes !== written) {
    throw new CorruptRecordError(`lz4: ${written} bytes, ${frame.contentBytes} announced`, at);
  }
  if (frame.hasContentChecksum && data.readUInt32LE(at) !== xxh32(out, 0, written)) {
    throw new CorruptRecordError('lz4: the content checksum is wrong', at);
  }
  return out.subarray(0, written);
}

function headerChecksum(bytes: Buffer, from: number, to: number): number {
  return (xxh32(bytes, from, to) >>> 8) & 0xff;
}

function want(data: Buffer, at: number, bytes: number): void {
  if (bytes > data.length - at) {
    throw new CorruptRecordError(`lz4: ${bytes} bytes wanted, ${data.length - at} left`, at);
  }
}
