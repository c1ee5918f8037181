import { CorruptRecordError } from '../errors.ts';

const MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const MOST_BLOCK_BYTES = 128 * 1024;
const RAW_BLOCK = 0;
const RLE_BLOCK = 1;
const COMPRESSED_BLOCK = 2;

export interface ZstdFrame {
  /** Where it lies. */
  from: number;
  to: number;
  /** null when the header does not say. */
  contentBytes: number | null;
  /** No less than its blocks decompress to. */
  mostBytes: number;
}

const isSkippable = (magic: number): boolean => (magic & ~0xf) >>> 0 === SKIPPABLE_MAGIC;

export const isZstdMagic = (magic: number): boolean => magic === MAGIC || isSkippable(magic);

/**
 * The frames of `data`, by their headers and block lengths (RFC 8878): what a decoder needs room for is known before it runs.
 * Skippable frames are left out. @throws CorruptRecordError
 */
export function zstdFrames(data: Buffer): ZstdFrame[] {
  const frames: ZstdFrame[] = [];
  for (let at = 0; at < data.length;) {
    want(data, at, 4);
    const magic = data.readUInt32LE(at);
    if (isSkippable(magic)) {
      want(data, at, 8);
      const bytes = 8 + data.readUInt32LE(at + 4);
      want(data, at, bytes);
      at += bytes;
      continue;
    }
    if (magic !== MAGIC) throw new CorruptRecordError(`zstd: magic 0x${magic.toString(16)}`, at);
    const frame = frameAt(data, at);
    frames.push(frame);
    at = frame.to;
  }
  return frames;
}

function frameAt(data: Buffer, from: number): ZstdFrame {
  let at = from + 4;
  want(data, at, 1);
  const descriptor = data[at++]!;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const hasChecksum = (descriptor & 0x04) !== 0;
  if ((descriptor & 0x08) !== 0) throw new CorruptRecordError('zstd: a reserved bit is set', at);
  let blockBytes = MOST_BLOCK_BYTES;
  if (!isSingleSegment) {
    want(data, at, 1);
    const window = data[at++]!;
    const base = 2 ** (10 + (window >>> 3));
    blockBytes = Math.min(blockBytes, base + (base / 8) * (window & 7));
  }
  at += [0, 1, 2, 4][descriptor & 3]!;
  const sizeFlag = descriptor >>> 6;
  const sizeBytes = sizeFlag === 0 ? (isSingleSegment ? 1 : 0) : 1 << sizeFlag;
  want(data, at, sizeBytes);
  const contentBytes = readSize(data, at, sizeBytes);
  at += sizeBytes;

  let mostBytes = 0;
  for (let isLast = false; !isLast;) {
    want(data, at, 3);
    const header = data.readUIntLE(at, 3);
    at += 3;
    isLast = (header & 1) === 1;
    const type = (header >>> 1) & 3;
    const bytes = header >>> 3;
    if (bytes > MOST_BLOCK_BYTES) throw new CorruptRecordError(`zstd: a block of ${bytes} bytes`, at);
    if (type > COMPRESSED_BLOCK) throw new CorruptRecordError('zstd: a block of a reserved type', at);
    const bytesHere = type === RLE_BLOCK ? 1 : bytes;
    want(data, at, bytesHere);
    at += bytesHere;
    mostBytes += type === RAW_BLOCK || type === RLE_BLOCK ? bytes : blockBytes;
  }
  if (hasChecksum) {
    want(data, at, 4);
    at += 4;
  }
  return { from, to: at, contentBytes, mostBytes };
}

function readSize(data: Buffer, at: number, bytes: number): number | null {
  switch (bytes) {
    case 0:
      return null;
    case 1:
      return data.readUInt8(at);
    case 2:
      return data.readUInt16LE(at) + 256;
    case 4:
      return data.readUInt32LE(at);
    default:
      return data.readUInt32LE(at) + data.readUInt32LE(at + 4) * 2 ** 32;
  }
}

function want(data: Buffer, at: number, bytes: number): void {
  if (bytes > data.length - at) {
    throw new CorruptRecordError(`zstd: ${bytes} bytes wanted, ${data.length - at} left`, at);
  }
}
