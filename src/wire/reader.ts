import { getInt64 } from './int64.ts';
import { uuidText } from './uuid-text.ts';
import { WireError } from './wire-error.ts';

const LONGEST_STRING = 0x7fff;
/** Far beyond any honest message (a fetch of 100,000 partitions has a million), and well within any heap. */
const MOST_VALUES = 1 << 23;
/** Arrays up to this length are allocated at once; longer ones grow as their elements arrive. */
const ALLOCATED_AT_ONCE = 4096;

/**
 * A cursor over one frame. Every read is checked against the frame's end and throws WireError beyond it.
 * `raw` answers views of the frame; strings are copies.
 */
export class Reader {
  readonly buffer: Buffer;
  readonly view: DataView;
  readonly end: number;
  position: number;
  private valuesLeft = MOST_VALUES;

  constructor(buffer: Buffer, position = 0) {
    this.buffer = buffer;
    this.view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    this.end = buffer.length;
    this.position = position;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  /** Claims `size` bytes and returns where they start. */
  take(size: number): number {
    const at = this.position;
    if (size < 0 || size > this.end - at) throw new WireError(`${size} bytes wanted at ${at}, ${this.end - at} left`);
    this.position = at + size;
    return at;
  }

  bool(): boolean {
    return this.view.getUint8(this.take(1)) !== 0;
  }

  int8(): number {
    return this.view.getInt8(this.take(1));
  }

  int16(): number {
    return this.view.getInt16(this.take(2));
  }

  uint16(): number {
    return this.view.getUint16(this.take(2));
  }

  int32(): number {
    return this.view.getInt32(this.take(4));
  }

  uint32(): number {
    return this.view.getUint32(this.take(4));
  }

  int64(): number {
    return getInt64(this.view, this.take(8));
  }

  bigint64(): bigint {
    return this.view.getBigInt64(this.take(8));
  }

  float64(): number {
    return this.view.getFloat64(this.take(8));
  }

  uvarint(): number {
    let byte = this.view.getUint8(this.take(1));
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let shift = 7; shift <= 28; shift += 7) {
      byte = this.view.getUint8(this.take(1));
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new WireError(`varint longer than 5 bytes before ${this.position}`);
  }

  uuid(): string {
    return uuidText(this.buffer, this.view, this.take(16));
  }

  /** UTF-8 of `size` bytes, or null if `size` is negative. Malformed bytes become replacement characters. */
  text(size: number): string | null {
    if (size < 0) return null;
    if (size > LONGEST_STRING) throw new WireError(`string of ${size} bytes before ${this.position}`);
    const at = this.take(size);
    if (size > 24) return this.buffer.toString('utf8', at, at + size);
    // Short ASCII, nearly every name there is, is quicker without leaving JavaScript.
    let text = '';
    for (let i = at; i < at + size; i++) {
      const byte = this.buffer[i] as number;
      if (byte > 0x7f) return this.buffer.toString('utf8', at, at + size);
      text += String.fromCharCode(byte);
    }
    return text;
  }

  /** A view of the next `size` bytes, or null if `size` is negative. */
  raw(size: number): Buffer | null {
    if (size < 0) return null;
    const at = this.take(size);
    return this.buffer.subarray(at, at + size);
  }

  /**
   * Room for `count` elements, or null if `count` is negative. An element takes at least `leastBytes` (and one that
   * could take none is counted as one byte), so a count beyond what is left is a lie, refused before allocating. As an
   * object is larger than its bytes, the values in all arrays of a frame together are limited too; `values` says how
   * many an element holds.
   */
  elements(count: number, leastBytes: number, values: number): unknown[] | null {
    if (count < 0) return null;
    if (count * (leastBytes || 1) > this.end - this.position) {
      throw new WireError(`${count} elements claimed at ${this.position}, ${this.end - this.position} bytes left`);
    }
    this.valuesLeft -= count * values;
    if (this.valuesLeft < 0) throw new WireError(`more than ${MOST_VALUES} values, before ${this.position}`);
    return count <= ALLOCATED_AT_ONCE ? new Array<unknown>(count) : [];
  }

  present<T>(value: T | null): T {
    if (value === null) throw new WireError(`null where none is allowed, before ${this.position}`);
    return value;
  }

  done(): void {
    if (this.position !== this.end) throw new WireError(`${this.end - this.position} bytes left over`);
  }
}
