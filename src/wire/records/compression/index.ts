import type { CompressionType } from '../compression-type.ts';
import { CorruptCompressionError, CorruptRecordError } from '../errors.ts';
import type { Codec } from './codec.ts';
import { gzipCodec } from './gzip.ts';
import { LZ4_MAGIC } from './lz4-frame.ts';
import { lz4Codec } from './lz4.ts';
import { snappyCodec } from './snappy.ts';
import { isZstdMagic } from './zstd-frames.ts';
import { zstdCodec } from './zstd.ts';

const none: Codec = {
  isReady: () => true,
  prepare: async () => {},
  compress: (data) => data,
  decompress: (data) => data,
};

// Making a codec loads nothing.
const codecs: { readonly [type in CompressionType]: Codec } = {
  none,
  gzip: gzipCodec(),
  snappy: snappyCodec(),
  lz4: lz4Codec(),
  zstd: zstdCodec(),
};

/** Whether the type can be used now, without `prepare`. */
export function isReady(type: CompressionType): boolean {
  return codecs[type].isReady();
}

/** Loads what the type needs; to be awaited before `compress` and `decompress`. @throws UnsupportedCompressionError */
export async function prepare(type: CompressionType): Promise<void> {
  await codecs[type].prepare();
}

/**
 * Packs `data` as Kafka's clients do. `level` is Kafka's: gzip -1 or 1 to 9, lz4 1 to 17 (without effect), zstd -131072 to 22.
 */
export function compress(type: CompressionType, data: Buffer, level?: number): Buffer {
  return codecs[type].compress(data, level);
}

/** @throws CorruptCompressionError, RecordsTooLargeError before more than `maxBytes` are allocated */
export function decompress(type: CompressionType, data: Buffer, maxBytes: number): Buffer {
  try {
    return codecs[type].decompress(data, maxBytes);
  } catch (error) {
    throw error instanceof CorruptRecordError ? new CorruptCompressionError(type, error) : error;
  }
}

const GZIP_MAGIC = 0x1f8b;
/** Whether the data begin as data of this type do: what a glance tells. Snappy without a stream header has no sign. */
export function beginsAs(type: CompressionType, data: Buffer): boolean {
  if (type === 'none' || type === 'snappy') return true;
  if (data.length < 4) return false;
  if (type === 'gzip') return data.readUInt16BE(0) === GZIP_MAGIC;
  const magic = data.readUInt32LE(0);
  return type === 'lz4' ? magic === LZ4_MAGIC : isZstdMagic(magic);
}
