import { CorruptRecordError } from '../errors.ts';

/** No element of a block makes more than 64 bytes of 3. */
const GREATEST_RATIO = 64 / 3;

/** What a block says it decompresses to; refused where no such block could. @throws CorruptRecordError */
export function uncompressedBytesOf(block: Buffer): number {
  const { bytes } = readPreamble(block);
  if (bytes > block.length * GREATEST_RATIO) {
    throw new CorruptRecordError(`snappy: ${bytes} bytes announced by a block of ${block.length}`, 0);
  }
  return bytes;
}

/**
 * Walks the elements of a block: they must make just what is announced, and copy only from what they made. For decoders that
 * trust this. @throws CorruptRecordError
 */
export function checkBlock(block: Buffer): void {
  const { bytes, end } = readPreamble(block);
  let made = 0;
  for (let at = end; at < block.length;) {
    const tag = block[at]!;
    const code = tag >>> 2;
    let length: number;
    let distance = 0;
    switch (tag & 3) {
      case 0: {
        const lengthBytes = code < 60 ? 0 : code - 59;
        if (lengthBytes > block.length - at - 1) throw new CorruptRecordError('snappy: a length runs over the end', at);
        length = 1 + (lengthBytes === 0 ? code : block.readUIntLE(at + 1, lengthBytes));
        at += 1 + lengthBytes;
        if (length > block.length - at) throw new CorruptRecordError('snappy: literals run over the end', at);
        at += length;
        break;
      }
      case 1:
        if (block.length - at < 2) throw new CorruptRecordError('snappy: a copy runs over the end', at);
        length = 4 + (code & 7);
        distance = ((tag >>> 5) << 8) | block[at + 1]!;
        at += 2;
        break;
      default: {
        const distanceBytes = (tag & 3) === 2 ? 2 : 4;
        if (distanceBytes > block.length - at - 1) throw new CorruptRecordError('snappy: a copy runs over the end', at);
        length = 1 + code;
        distance = block.readUIntLE(at + 1, distanceBytes);
        at += 1 + distanceBytes;
      }
    }
    if ((tag & 3) !== 0 && (distance === 0 || distance > made)) {
      throw new CorruptRecordError('snappy: a copy from before the data', at);
    }
    made += length;
    if (made > bytes) break;
  }
  if (made !== bytes) throw new CorruptRecordError(`snappy: ${made} bytes made, ${bytes} announced`, 0);
}

/** The varint a block begins with. */
function readPreamble(block: Buffer): { bytes: number; end: number } {
  let bytes = 0;
  for (let end = 0; end < Math.min(5, block.length); end++) {
    const byte = block[end]!;
    bytes += (byte & 0x7f) * 2 ** (7 * end);
    if (byte < 0x80) return { bytes, end: end + 1 };
  }
  throw new CorruptRecordError('snappy: no length', 0);
}
