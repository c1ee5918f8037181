import type { RecordBatch } from './batch.ts';
import { decompress } from './compression/index.ts';
import { CorruptRecordError } from './errors.ts';

export interface RecordHeader {
  key: string;
  value: Buffer | null;
}

/** Key, value and header values are views of the batch, or of what it was decompressed to: copy what outlives it. */
export interface Record {
  offset: number;
  timestampMs: number;
  key: Buffer | null;
  value: Buffer | null;
  headers: RecordHeader[];
}

export interface ReadOptions {
  /** The most that the records may decompress to. */
  maxBytes: number;
}

/** Length, attributes, timestamp delta, offset delta, key length, value length, header count: a byte each at least. */
const LEAST_RECORD_BYTES = 7;

const SHORT_VARINT_BYTES = 3;
/** Size, attributes, timestamp delta, offset delta and key length of a record whose numbers are short. */
const PLAIN_HEAD_BYTES = 4 * SHORT_VARINT_BYTES + 1;

/** A varint of three bytes at most, still in zigzag form, times four, plus how many bytes it has; 0 where it is longer. */
function shortVarint(bytes: Buffer, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return (first << 2) | 1;
  const second = bytes[at + 1]!;
  if (second < 0x80) return (second << 9) | ((first & 0x7f) << 2) | 2;
  const third = bytes[at + 2]!;
  return third < 0x80 ? (third << 16) | ((second & 0x7f) << 9) | ((first & 0x7f) << 2) | 3 : 0;
}

/** What `shortVarint` found. */
const signed = (short: number): number => (short >>> 3) ^ -((short >>> 2) & 1);

/**
 * Goes through the records of a batch without making an object of each: `next()` checks one record's frame and fills the
 * fields here; `key`, `value` and `headers()` are cut out when asked for. For compaction, look-ups by timestamp, validation.
 */
export class RecordCursor {
  /** Of the record last read by `next()`. */
  offset = -1;
  timestampMs = -1;
  keyBytes = -1;
  valueBytes = -1;

  readonly #batch: RecordBatch;
  readonly #records: Buffer;
  readonly #baseOffset: number;
  readonly #baseTimestamp: number;
  readonly #appendTimeMs: number | null;
  readonly #lastOffsetDelta: number;
  readonly #count: number;
  #read = 0;
  #position = 0;
  #offsetDelta = -1;
  #fieldsAt = 0;
  #keyAt = 0;
  #valueAt = 0;
  #headersAt = 0;

  /** `records` are the batch's record bytes, decompressed. @throws CorruptRecordError when its count cannot be right */
  constructor(batch: RecordBatch, records: Buffer) {
    this.#batch = batch;
    this.#records = records;
    this.#baseOffset = batch.baseOffset;
    this.#baseTimestamp = batch.baseTimestamp;
    this.#appendTimeMs = batch.timestampType === 'LogAppendTime' ? batch.maxTimestamp : null;
    this.#lastOffsetDelta = batch.lastOffsetDelta;
    this.#count = batch.recordCount;
    if (this.#count < 0 || this.#count * LEAST_RECORD_BYTES > records.length) {
      throw this.#corrupt(`${this.#count} records cannot lie in ${records.length} bytes`);
    }
  }

  /** Reads the next record; false after the last. @throws CorruptRecordError */
  next(): boolean {
    return this.#nextPlain() || this.#nextAny();
  }

  /** Most records: without headers, all numbers short. Whatever else there is, or is wrong, is left to `#nextAny`. */
  #nextPlain(): boolean {
    const records = this.#records;
    let at = this.#position;
    if (this.#read === this.#count || records.length - at < PLAIN_HEAD_BYTES) return false;
    const size = shortVarint(records, at);
    at += size & 3;
    const end = at + (size >>> 3);
    at++; // attributes
    const timestampDelta = shortVarint(records, at);
    at += timestampDelta & 3;
    const offsetDelta = shortVarint(records, at);
    at += offsetDelta & 3;
    const fieldsAt = at;
    const keyLength = shortVarint(records, at);
    at += keyLength & 3;
    const keyAt = at;
    const keyBytes = signed(keyLength);
    if (keyBytes > 0) at += keyBytes;
    if (end > records.length || end - at < SHORT_VARINT_BYTES) return false;
    const valueLength = shortVarint(records, at);
    at += valueLength & 3;
    const valueBytes = signed(valueLength);
    const headersAt = valueBytes > 0 ? at + valueBytes : at;
    const delta = offsetDelta >>> 3;
    const areShort = size !== 0 && timestampDelta !== 0 && offsetDelta !== 0 && keyLength !== 0 && valueLength !== 0;
    const arePositive = (size & 4) === 0 && (offsetDelta & 4) === 0;
    const rises = delta > this.#offsetDelta && delta <= this.#lastOffsetDelta;
    if (!areShort || !arePositive || !rises || headersAt !== end - 1 || records[headersAt] !== 0) return false;
    this.timestampMs = this.#appendTimeMs ?? this.#baseTimestamp + signed(timestampDelta);
    this.#offsetDelta = delta;
    this.offset = this.#baseOffset + delta;
    this.#fieldsAt = fieldsAt;
    this.keyBytes = keyBytes;
    this.#keyAt = keyAt;
    this.valueBytes = valueBytes;
    this.#valueAt = at;
    this.#headersAt = headersAt;
    this.#position = end;
    this.#read++;
    return true;
  }

  #nextAny(): boolean {
    if (this.#read === this.#count) {
      if (this.#position !== this.#records.length) {
        throw this.#corrupt(`${this.#records.length - this.#position} bytes after the last record`);
      }
      return false;
    }
    const size = this.#varint(this.#records.length);
    const end = this.#position + size;
    if (size < LEAST_RECORD_BYTES - 1 || end > this.#records.length) {
      throw this.#corrupt(`a record of ${size} bytes, ${this.#records.length - this.#position} left`);
    }
    this.#position++; // attributes, of which none are defined
    const timestampDelta = this.#varlong(end);
    this.timestampMs = this.#appendTimeMs ?? this.#baseTimestamp + timestampDelta;
    const offsetDelta = this.#varint(end);
    if (offsetDelta <= this.#offsetDelta || offsetDelta > this.#lastOffsetDelta) {
      throw this.#corrupt(`offset delta ${offsetDelta} after ${this.#offsetDelta}, last ${this.#lastOffsetDelta}`);
    }
    this.#offsetDelta = offsetDelta;
    this.offset = this.#baseOffset + offsetDelta;
    this.#fieldsAt = this.#position;
    this.keyBytes = this.#length(end);
    this.#keyAt = this.#position;
    if (this.keyBytes > 0) this.#position += this.keyBytes;
    this.valueBytes = this.#length(end);
    this.#valueAt = this.#position;
    if (this.valueBytes > 0) this.#position += this.valueBytes;
    this.#headersAt = this.#position;
    this.#skipHeaders(end);
    if (this.#position !== end)
      throw this.#corrupt(`a record ends ${end - this.#position} bytes before its length says`);
    this.#read++;
    return true;
  }

  /** What the positions below are in: the batch's record bytes, decompressed. */
  get bytes(): Buffer {
    return this.#records;
  }

  /** Where key, value and headers begin, their lengths included: what is the same in any batch. */
  get fieldsAt(): number {
    return this.#fieldsAt;
  }

  /** Where the key begins, `keyBytes` long. */
  get keyAt(): number {
    return this.#keyAt;
  }

  /** Where the record ends. */
  get end(): number {
    return this.#position;
  }

  get key(): Buffer | null {
    return this.keyBytes < 0 ? null : this.#records.subarray(this.#keyAt, this.#keyAt + this.keyBytes);
  }

  get value(): Buffer | null {
    return this.valueBytes < 0 ? null : this.#records.subarray(this.#valueAt, this.#valueAt + this.valueBytes);
  }

  /** A null value: in a compacted topic, the deletion of its key. */
  get isTombstone(): boolean {
    return this.valueBytes < 0;
  }

  headers(): RecordHeader[] {
    const after = this.#position;
    this.#position = this.#headersAt;
    const headers: RecordHeader[] = [];
    for (let left = this.#varint(after); left > 0; left--) {
      const keyEnd = this.#length(after) + this.#position;
      const key = this.#records.toString('utf8', this.#position, keyEnd);
      this.#position = keyEnd;
      const valueBytes = this.#length(after);
      const value = valueBytes < 0 ? null : this.#records.subarray(this.#position, this.#position + valueBytes);
      if (valueBytes > 0) this.#position += valueBytes;
      headers.push({ key, value });
    }
    this.#position = after;
    return headers;
  }

  #skipHeaders(end: number): void {
    const count = this.#varint(end);
    // A header takes two bytes at least.
    if (count < 0 || count * 2 > end - this.#position) throw this.#corrupt(`${count} headers`);
    for (let i = 0; i < count; i++) {
      const keyBytes = this.#length(end);
      if (keyBytes < 0) throw this.#corrupt('a header key of negative length');
      this.#position += keyBytes;
      const valueBytes = this.#length(end);
      if (valueBytes > 0) this.#position += valueBytes;
    }
  }

  /** A length, negative for null, of what must end at `end` or before. */
  #length(end: number): number {
    const length = this.#varint(end);
    if (length > end - this.#position) throw this.#corrupt(`${length} bytes wanted, ${end - this.#position} left`);
    return length;
  }

  #varint(end: number): number {
    const position = this.#position;
    if (position < end) {
      // Most are of one byte.
      const byte = this.#records[position]!;
      if (byte < 0x80) {
        this.#position = position + 1;
        return (byte >>> 1) ^ -(byte & 1);
      }
    }
    return this.#longVarint(end);
  }

  #longVarint(end: number): number {
    const records = this.#records;
    let position = this.#position;
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      if (position >= end) throw this.#corrupt('a varint runs over the end');
      const byte = records[position++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.#position = position;
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw this.#corrupt('a varint of more than 5 bytes');
  }

  #varlong(end: number): number {
    const records = this.#records;
    let position = this.#position;
    let value = 0;
    let unit = 1;
    for (let bytes = 1; bytes <= 10; bytes++) {
      if (position >= end) throw this.#corrupt('a varlong runs over the end');
      const byte = records[position++]!;
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) {
        // The sign is the lowest bit of the first byte; a sum above 2^53 has lost it.
        const isNegative = (records[this.#position]! & 1) === 1;
        this.#position = position;
        return isNegative ? -Math.floor(value / 2) - 1 : Math.floor(value / 2);
      }
      unit *= 128;
    }
    throw this.#corrupt('a varlong of more than 10 bytes');
  }

  #corrupt(what: string): CorruptRecordError {
    return new CorruptRecordError(
      `${what}: record ${this.#read} of the batch with base offset ${this.#batch.baseOffset}`,
      this.#position,
    );
  }
}

/**
 * A cursor over the batch's records, decompressed if need be; await `prepareCompression` first where its type may not be ready.
 * @throws CorruptRecordError, UnsupportedCompressionError, RecordsTooLargeError
 */
export function openRecords(batch: RecordBatch, { maxBytes }: ReadOptions): RecordCursor {
  const type = batch.compressionType;
  const bytes = batch.recordBytes;
  return new RecordCursor(batch, type === 'none' ? bytes : decompress(type, bytes, maxBytes));
}

/** All records of the batch. Throws what `openRecords` throws. */
export function recordsOf(batch: RecordBatch, options: ReadOptions): Record[] {
  const cursor = openRecords(batch, options);
  const records: Record[] = [];
  while (cursor.next()) {
    records.push({
      offset: cursor.offset,
      timestampMs: cursor.timestampMs,
      key: cursor.key,
      value: cursor.value,
      headers: cursor.headers(),
    });
  }
  return records;
}

/**
 * Walks an uncompressed batch and checks that lengths, offset deltas and count agree, making nothing of the records.
 * Returns how many there are; that offsets have no gaps follows when this is `lastOffsetDelta + 1`.
 * @throws CorruptRecordError, also for a batch that is compressed
 */
export function walkRecords(batch: RecordBatch): number {
  if (batch.compressionType !== 'none') throw new CorruptRecordError('the records are compressed', batch.at);
  const cursor = new RecordCursor(batch, batch.recordBytes);
  while (cursor.next());
  return batch.recordCount;
}
