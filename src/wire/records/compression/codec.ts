import { CorruptRecordError, RecordsTooLargeError } from '../errors.ts';

/** One compression type. Whatever it needs is loaded when first asked for, never at import. */
export interface Codec {
  /** Whether `compress` and `decompress` may be called now. Loads what can be loaded without waiting. */
  isReady(): boolean;
  /** Loads what the codec needs. @throws UnsupportedCompressionError when that is not installed */
  prepare(): Promise<void>;
  compress(data: Buffer, level: number | undefined): Buffer;
  /** @throws CorruptRecordError, RecordsTooLargeError before more than `maxBytes` are allocated */
  decompress(data: Buffer, maxBytes: number): Buffer;
}

/** Runs a library's decoder, whose errors are all about the data. */
export function decoding<T>(compression: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof CorruptRecordError || error instanceof RecordsTooLargeError) throw error;
    throw new CorruptRecordError(`${compression}: ${error instanceof Error ? error.message : String(error)}`, 0);
  }
}
