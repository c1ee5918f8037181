import zlib from 'node:zlib';
import { RecordsTooLargeError } from '../errors.ts';
import { decoding, type Codec } from './codec.ts';

export function gzipCodec(): Codec {
  return {
    isReady: () => true,
    prepare: async () => {},
    compress: (data, level = zlib.constants.Z_DEFAULT_COMPRESSION) => zlib.gzipSync(data, { level }),
    decompress: (data, maxBytes) =>
      decoding('gzip', () => boundedByZlib('gzip', maxBytes, (options) => zlib.gunzipSync(data, options))),
  };
}

/** Runs one of node:zlib's decoders, which keep a bound themselves. */
export function boundedByZlib(
  compression: string,
  maxBytes: number,
  decode: (options: { maxOutputLength: number }) => Buffer,
): Buffer {
  try {
    return decode({ maxOutputLength: Math.max(1, maxBytes) });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'ERR_BUFFER_TOO_LARGE' ? new RecordsTooLargeError(maxBytes, compression) : error;
  }
}
