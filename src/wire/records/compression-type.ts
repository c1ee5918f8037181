import { UnsupportedCompressionError } from './errors.ts';

/** Kafka's names of the compression types, in the order of their ids in a batch's attributes. */
export const COMPRESSION_TYPES = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

export type CompressionType = (typeof COMPRESSION_TYPES)[number];

/** @throws UnsupportedCompressionError for ids 5 to 7, which Kafka does not define */
export function compressionTypeOf(id: number): CompressionType {
  const type = COMPRESSION_TYPES[id];
  if (type === undefined) throw new UnsupportedCompressionError(id, `unknown compression type id ${id}`);
  return type;
}

export function compressionIdOf(type: CompressionType): number {
  return COMPRESSION_TYPES.indexOf(type);
}
