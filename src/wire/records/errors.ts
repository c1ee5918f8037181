/** The bytes of a batch or of a record break the format. `at` is the byte within the batch or its records where it shows. */
export class CorruptRecordError extends Error {
  override name = 'CorruptRecordError';
  readonly at: number;

  constructor(message: string, at: number) {
    super(`${message} (at byte ${at})`);
    this.at = at;
  }
}

/** What is said to be compressed so cannot be unpacked. */
export class CorruptCompressionError extends CorruptRecordError {
  override name = 'CorruptCompressionError';

  constructor(compression: string, cause: CorruptRecordError) {
    super(`${compression} data are damaged: ${cause.message}`, cause.at);
  }
}

/** The batch names a compression type that does not exist, or one that cannot be had here. */
export class UnsupportedCompressionError extends Error {
  override name = 'UnsupportedCompressionError';
  readonly compression: string | number;

  constructor(compression: string | number, message: string) {
    super(message);
    this.compression = compression;
  }
}

/** Decompressing would yield more than `maxBytes`. Raised before that much is allocated. */
export class RecordsTooLargeError extends Error {
  override name = 'RecordsTooLargeError';
  readonly maxBytes: number;

  constructor(maxBytes: number, compression: string) {
    super(`${compression} data decompress to more than ${maxBytes} bytes`);
    this.maxBytes = maxBytes;
  }
}
