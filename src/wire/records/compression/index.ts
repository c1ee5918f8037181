import { gunzipSync, gzipSync } from 'node:zlib';
import type { CompressionType } from '../compression-type.ts';
import { UnsupportedCompressionError } from '../errors.ts';

export function compress(type: CompressionType, data: Buffer, level?: number): Buffer {
  if (type === 'none') return data;
  if (type === 'gzip') return gzipSync(data, { level: level ?? -1 });
  throw new UnsupportedCompressionError(type, `${type} is not there`);
}

export function decompress(type: CompressionType, data: Buffer, maxBytes: number): Buffer {
  if (type === 'none') return data;
  if (type === 'gzip') return gunzipSync(data, { maxOutputLength: maxBytes });
  throw new UnsupportedCompressionError(type, `${type} is not there`);
}

export function isReady(type: CompressionType): boolean {
  return type === 'none' || type === 'gzip';
}

export async function prepare(_type: CompressionType): Promise<void> {}
