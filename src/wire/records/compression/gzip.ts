import zlib from 'node:zlib';
import { RecordsTooLargeError } from '../errors.ts';
import { decoding, type Codec } from './codec.ts';

export function gzipCodec(): Codec {
  return {
    isReady: () => true,
    prepare: async () => {},
    compress: (data, level = zlib.constants.Z_DEFAULT_COMPRESSION) => zlib.gzipSync(data, { level }),
    decompress: (data, maxBytes) =>
      decoding('gzip', () => {
        try {
          return zlib.gunzipSync(data, { maxOutputLength: Math.max(1, maxBytes) });
        } catch (error) {
          throw isTooLarge(error) ? new RecordsTooLargeError(maxBytes, 'gzip') : error;
        }
      }),
  };
}

/** Whether a decoder of node:zlib met the bound it was given. */
export function isTooLarge(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
}
