import { ErrorCode } from '../wire/index.ts';
import {
  beginsAs,
  convertBatch,
  CorruptCompressionError,
  CorruptRecordError,
  isCompressionReady,
  openRecords,
  prepareCompression,
  RecordBatch,
  RecordsTooLargeError,
  UnsupportedCompressionError,
  type CompressionType,
} from '../wire/records/index.ts';
import type { LogConfig } from './log-config.ts';
import type { RecordError } from './log-types.ts';

/** The most that a batch may decompress to where a rule makes the broker look inside. */
export const MAX_DECOMPRESSED_BYTES = 128 * 1024 * 1024;

/** Too few bytes even for the magic byte, and the least length a batch of any magic may state. */
const MAGIC_END = 17;
const LEAST_LENGTH = 14;
/** How many of its record errors a refusal spells out. */
const SHOWN_ERRORS = 3;

export interface ValidationRules {
  readonly config: LogConfig;
  readonly isClient: boolean;
  readonly now: number;
  /** `<topic>-<partition>`, for messages. */
  readonly name: string;
}

export interface ValidBatch {
  readonly kind: 'valid';
  /** The batch to append: a view of what came in, or a new one where its compression type had to change. */
  readonly batch: RecordBatch;
  /** -1 unless the topic says LogAppendTime. */
  readonly logAppendTimeMs: number;
}

export interface InvalidRecords {
  readonly kind: 'invalid';
  readonly errorCode: number;
  readonly message: string;
  readonly recordErrors: readonly RecordError[];
}

function invalid(errorCode: number, message: string, recordErrors: readonly RecordError[] = []): InvalidRecords {
  return { kind: 'invalid', errorCode, message, recordErrors };
}

/**
 * What a leader asks of records before it appends them (Kafka's ProduceRequest.validateRecords, UnifiedLog's
 * analyzeAndValidateRecords and LogValidator): exactly one batch of magic 2 within `max.message.bytes`, a right crc, a header
 * that agrees with itself, records that agree with the header, and the topic's rules for keys, timestamps and compression.
 * A valid batch comes back with timestamp type and max timestamp settled; nothing is changed in one that is invalid.
 */
export function validate(records: Buffer, rules: ValidationRules): ValidBatch | InvalidRecords {
  const batch = onlyBatch(records);
  if ('kind' in batch) return batch;
  const problem = problemOfHeader(batch, rules);
  if (problem !== undefined) return problem;
  try {
    return inspect(batch, rules);
  } catch (error) {
    if (error instanceof CorruptCompressionError) return invalid(ErrorCode.UNKNOWN_SERVER_ERROR, error.message);
    if (error instanceof CorruptRecordError) return invalid(ErrorCode.INVALID_RECORD, error.message);
    if (error instanceof UnsupportedCompressionError) return invalid(ErrorCode.UNKNOWN_SERVER_ERROR, error.message);
    if (error instanceof RecordsTooLargeError) return invalid(ErrorCode.MESSAGE_TOO_LARGE, error.message);
    throw error;
  }
}

/** What `validate` wants loaded before it can look into these records: undefined when it can go ahead. */
export function preparationFor(records: Buffer, rules: ValidationRules): Promise<void> | undefined {
  const batch = onlyBatch(records);
  if ('kind' in batch) return undefined;
  const from = sourceType(batch);
  if (from === undefined) return undefined;
  const target = targetType(from, rules.config);
  const wanted = new Set<CompressionType>();
  if (target !== from) wanted.add(target);
  if (target !== from || mustDecode(batch, rules)) wanted.add(from);
  const missing = [...wanted].filter((type) => type !== 'none' && !isCompressionReady(type));
  if (missing.length === 0) return undefined;
  return Promise.all(missing.map((type) => prepareCompression(type))).then(() => undefined);
}

/** The batch, if there is exactly one; a rest too short to be a second one is dropped. */
function onlyBatch(records: Buffer): RecordBatch | InvalidRecords {
  const first = frameAt(records, 0);
  if (first.kind === 'corrupt') return invalid(ErrorCode.CORRUPT_MESSAGE, first.message);
  if (first.kind === 'none') {
    return invalid(ErrorCode.INVALID_RECORD, 'an append wants one whole record batch, and there is none');
  }
  if (first.magic !== 2) {
    return invalid(ErrorCode.INVALID_RECORD, `a record batch of magic ${first.magic}: only 2 is taken`);
  }
  if (first.size < RecordBatch.HEADER_BYTES) {
    return invalid(ErrorCode.CORRUPT_MESSAGE, `a record batch of ${first.size} bytes is smaller than its header`);
  }
  const second = frameAt(records, first.size);
  if (second.kind === 'corrupt') return invalid(ErrorCode.CORRUPT_MESSAGE, second.message);
  if (second.kind === 'batch') {
    return invalid(ErrorCode.INVALID_RECORD, 'an append takes one record batch, and there are more');
  }
  return new RecordBatch(records, 0);
}

type Frame =
  | { readonly kind: 'batch'; readonly size: number; readonly magic: number }
  | { readonly kind: 'none' }
  | { readonly kind: 'corrupt'; readonly message: string };

function frameAt(records: Buffer, at: number): Frame {
  const left = records.length - at;
  if (left < RecordBatch.LOG_OVERHEAD) return { kind: 'none' };
  const length = records.readInt32BE(at + 8);
  if (length < LEAST_LENGTH) {
    return { kind: 'corrupt', message: `a batch length of ${length} is too small` };
  }
  if (left < MAGIC_END) return { kind: 'none' };
  const magic = records.readInt8(at + MAGIC_END - 1);
  if (magic < 0 || magic > 2) return { kind: 'corrupt', message: `magic ${magic} does not exist` };
  const size = RecordBatch.LOG_OVERHEAD + length;
  return size > left ? { kind: 'none' } : { kind: 'batch', size, magic };
}

function problemOfHeader(batch: RecordBatch, { config, isClient, name }: ValidationRules): InvalidRecords | undefined {
  const { baseOffset, lastOffsetDelta, recordCount } = batch;
  if (isClient && baseOffset !== 0) {
    return invalid(
      ErrorCode.INVALID_RECORD,
      `the base offset of a batch appended to ${name} must be 0, not ${baseOffset}`,
    );
  }
  if (batch.sizeInBytes > config.maxMessageBytes) return tooLarge(batch.sizeInBytes, config, name);
  if (!batch.isValid()) {
    return invalid(ErrorCode.CORRUPT_MESSAGE, `the batch for ${name} does not match its crc, ${batch.crc}`);
  }
  const type = sourceType(batch);
  if (type === undefined) {
    return invalid(
      ErrorCode.UNKNOWN_SERVER_ERROR,
      `the batch for ${name} names a compression type that does not exist`,
    );
  }
  if (!isClient) return undefined;
  const where = `in ${name}`;
  if (lastOffsetDelta < 0) {
    return invalid(ErrorCode.INVALID_RECORD, `the last offset delta ${where} is negative: ${lastOffsetDelta}`);
  }
  if (recordCount <= 0) {
    return invalid(ErrorCode.INVALID_RECORD, `the record count ${where} cannot be ${recordCount}`);
  }
  if (recordCount !== lastOffsetDelta + 1) {
    return invalid(
      ErrorCode.INVALID_RECORD,
      `a last offset delta of ${lastOffsetDelta} and ${recordCount} records do not agree ${where}`,
    );
  }
  if (batch.isControl) {
    return invalid(ErrorCode.INVALID_RECORD, `only brokers write control records ${where}`);
  }
  if (batch.producerId >= 0 && batch.baseSequence < 0) {
    return invalid(
      ErrorCode.INVALID_RECORD,
      `producer ${batch.producerId} sent a batch with the sequence ${batch.baseSequence} ${where}`,
    );
  }
  // Apache Kafka unpacks every batch. Here a glance must do where no rule wants to see the records.
  if (!beginsAs(type, batch.recordBytes)) {
    return invalid(ErrorCode.UNKNOWN_SERVER_ERROR, `the batch for ${name} is said to be ${type}, and is not`);
  }
  return undefined;
}

function tooLarge(sizeInBytes: number, config: LogConfig, name: string): InvalidRecords {
  return invalid(
    ErrorCode.MESSAGE_TOO_LARGE,
    `a batch of ${sizeInBytes} bytes for ${name}, where max.message.bytes is ${config.maxMessageBytes}`,
  );
}

function sourceType(batch: RecordBatch): CompressionType | undefined {
  try {
    return batch.compressionType;
  } catch (error) {
    if (error instanceof UnsupportedCompressionError) return undefined;
    throw error;
  }
}

function targetType(from: CompressionType, config: LogConfig): CompressionType {
  if (config.compressionType === 'producer') return from;
  return config.compressionType === 'uncompressed' ? 'none' : config.compressionType;
}

/** Whether a compressed batch must be looked into, because its header does not settle a rule of the topic. */
function mustDecode(batch: RecordBatch, { config, now }: ValidationRules): boolean {
  if (batch.isControl) return false;
  if (config.cleanupPolicy.compact) return true;
  if (config.messageTimestampType === 'LogAppendTime') return batch.timestampType === 'LogAppendTime';
  return config.messageTimestampBeforeMaxMs < now || batch.maxTimestamp > now + config.messageTimestampAfterMaxMs;
}

function inspect(batch: RecordBatch, rules: ValidationRules): ValidBatch | InvalidRecords {
  const { config, now } = rules;
  const from = batch.compressionType;
  let maxTimestampMs = batch.maxTimestamp;
  if (from === 'none' || mustDecode(batch, rules)) {
    const walked = walk(batch, rules);
    if (typeof walked !== 'number') return walked;
    maxTimestampMs = walked;
  }
  const target = batch.isControl ? from : targetType(from, config);
  let settled = batch;
  if (target !== from) {
    const converted = convertBatch(batch, {
      compressionType: target,
      maxBytes: MAX_DECOMPRESSED_BYTES,
      ...(config.compressionLevel === undefined ? {} : { level: config.compressionLevel }),
    });
    if (converted.length > config.maxMessageBytes) return tooLarge(converted.length, config, rules.name);
    settled = new RecordBatch(converted);
  }
  const logAppendTimeMs = config.messageTimestampType === 'LogAppendTime' ? now : -1;
  if (settled.sizeInBytes > config.segmentBytes) {
    return invalid(
      ErrorCode.RECORD_LIST_TOO_LARGE,
      `a batch of ${settled.sizeInBytes} bytes for ${rules.name}, where segment.bytes is ${config.segmentBytes}`,
    );
  }
  if (logAppendTimeMs >= 0) settled.setMaxTimestamp('LogAppendTime', logAppendTimeMs);
  else settled.setMaxTimestamp('CreateTime', maxTimestampMs);
  return { kind: 'valid', batch: settled, logAppendTimeMs };
}

/** Goes through the records: the greatest timestamp among them, or what is wrong with some. @throws CorruptRecordError */
function walk(batch: RecordBatch, { config, now, name }: ValidationRules): number | InvalidRecords {
  const cursor = openRecords(batch, { maxBytes: MAX_DECOMPRESSED_BYTES });
  const isCreateTime = config.messageTimestampType === 'CreateTime';
  const claimsAppendTime = batch.timestampType === 'LogAppendTime';
  const earliest = now - config.messageTimestampBeforeMaxMs;
  const latest = now + config.messageTimestampAfterMaxMs;
  const needsKey = config.cleanupPolicy.compact && !batch.isControl;
  let maxTimestampMs = -1;
  let errors: RecordError[] | undefined;
  let hasBadTimestamp = false;
  for (let batchIndex = 0; cursor.next(); batchIndex++) {
    const { timestampMs } = cursor;
    if (timestampMs > maxTimestampMs) maxTimestampMs = timestampMs;
    if (needsKey && cursor.keyBytes < 0) {
      const message = `a record without a key cannot go to a compacted topic (${name})`;
      (errors ??= []).push({ batchIndex, message });
    } else if (isCreateTime && timestampMs !== -1) {
      if (timestampMs >= earliest && timestampMs <= latest) continue;
      const message = `timestamp ${timestampMs} is not between ${earliest} and ${latest}, as ${name} wants it`;
      (errors ??= []).push({ batchIndex, message });
      hasBadTimestamp = true;
    } else if (claimsAppendTime) {
      const message = `the timestamp type LogAppendTime is for the broker to set (${name})`;
      (errors ??= []).push({ batchIndex, message });
      hasBadTimestamp = true;
    }
  }
  if (errors === undefined) return maxTimestampMs;
  if (hasBadTimestamp) {
    const message = `${errors.length} records have a timestamp that is not taken`;
    return invalid(ErrorCode.INVALID_TIMESTAMP, message, errors);
  }
  const shown = errors.slice(0, SHOWN_ERRORS).map((error) => `${error.batchIndex}: ${error.message}`);
  const message = `${errors.length} records are not taken, among them ${shown.join('; ')}`;
  return invalid(ErrorCode.INVALID_RECORD, message, errors);
}
