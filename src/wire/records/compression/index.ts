import type { CompressionType } from '../compression-type.ts';
import type { Codec } from './codec.ts';
import { gzipCodec } from './gzip.ts';
import { lz4Codec } from './lz4.ts';
import { snappyCodec } from './snappy.ts';
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

/** @throws CorruptRecordError, RecordsTooLargeError before more than `maxBytes` are allocated */
export function decompress(type: CompressionType, data: Buffer, maxBytes: number): Buffer {
  return codecs[type].decompress(data, maxBytes);
}
