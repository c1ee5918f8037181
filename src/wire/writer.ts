import { assert } from '../base/index.ts';
import { setInt64 } from './int64.ts';
import { isHere, type Chunk } from './later-bytes.ts';
import { WireError } from './wire-error.ts';

const LONGEST_STRING = 0x7fff;
/** Most text is shorter than this many characters: its length then fits one byte, whatever the characters. */
const ONE_BYTE_LENGTH = 42;
/** Byte fields longer than this go out by reference; measured, up to here one copied buffer is cheaper. */
const COPIED_AT_MOST = 512;
/** Scratch that has grown beyond this is not kept for the next message. */
const SCRATCH_KEPT = 1 << 20;

/**
 * An append-only buffer. Values are written into scratch that is used again for the next message; byte fields over
 * 512 bytes are remembered by reference, so a Fetch response goes to the socket without copying its record batches.
 * Such bytes must not change until the chunks of `finish` have left.
 */
export class Writer {
  buffer: Buffer;
  view: DataView;
  position = 0;
  private splices: { at: number; chunk: Chunk }[] = [];
  private splicedBytes = 0;
  private openSections = 0;
  private readonly initialCapacity: number;

  constructor(initialCapacity = 64 * 1024) {
    this.initialCapacity = initialCapacity;
    this.buffer = Buffer.allocUnsafeSlow(initialCapacity);
    this.view = new DataView(this.buffer.buffer, this.buffer.byteOffset, this.buffer.byteLength);
  }

  /** Bytes written since the last `finish` or `reset`, spliced ones included. */
  get length(): number {
    return this.position + this.splicedBytes;
  }

  /** Makes room for `size` more bytes and returns the view to write them to. */
  room(size: number): DataView {
    if (this.position + size > this.buffer.length) {
      this.resize(Math.max(this.buffer.length * 2, this.position + size));
    }
    return this.view;
  }

  private resize(capacity: number): void {
    const next = Buffer.allocUnsafeSlow(capacity);
    this.buffer.copy(next, 0, 0, this.position);
    this.buffer = next;
    this.view = new DataView(next.buffer, next.byteOffset, next.byteLength);
  }

  bool(value: boolean): void {
    this.room(1).setUint8(this.position++, value ? 1 : 0);
  }

  int8(value: number): void {
    this.room(1).setInt8(this.position++, value);
  }

  int16(value: number): void {
    this.room(2).setInt16(this.position, value);
    this.position += 2;
  }

  uint16(value: number): void {
    this.room(2).setUint16(this.position, value);
    this.position += 2;
  }

  int32(value: number): void {
    this.room(4).setInt32(this.position, value);
    this.position += 4;
  }

  uint32(value: number): void {
    this.room(4).setUint32(this.position, value);
    this.position += 4;
  }

  int64(value: number): void {
    setInt64(this.room(8), this.position, value);
    this.position += 8;
  }

  bigint64(value: bigint): void {
    this.room(8).setBigInt64(this.position, value);
    this.position += 8;
  }

  float64(value: number): void {
    this.room(8).setFloat64(this.position, value);
    this.position += 8;
  }

  uvarint(value: number): void {
    this.room(5);
    let rest = value;
    while (rest > 0x7f) {
      this.buffer[this.position++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.buffer[this.position++] = rest;
  }

  uuid(value: string): void {
    this.room(16);
    const written = value.length === 22 ? this.buffer.write(value, this.position, 16, 'base64url') : 0;
    if (written !== 16) throw new WireError(`'${value}' is no uuid in base64url`);
    this.position += 16;
  }

  string(value: string): void {
    const at = this.position;
    this.room(2 + value.length * 3);
    this.position += 2;
    this.text(value);
    this.view.setInt16(at, this.position - at - 2);
  }

  compactString(value: string): void {
    if (value.length > ONE_BYTE_LENGTH) {
      this.uvarint(Buffer.byteLength(value) + 1);
      this.room(value.length * 3);
      this.text(value);
      return;
    }
    const at = this.position;
    this.room(1 + value.length * 3);
    this.position += 1;
    this.text(value);
    this.buffer[at] = this.position - at;
  }

  /** Writes UTF-8 where room has been made; short ASCII stays in JavaScript. */
  private text(value: string): void {
    const start = this.position;
    if (value.length <= 32) {
      let at = start;
      let i = 0;
      for (; i < value.length; i++) {
        const code = value.charCodeAt(i);
        if (code > 0x7f) break;
        this.buffer[at++] = code;
      }
      if (i === value.length) {
        this.position = at;
        return;
      }
    }
    const size = this.buffer.write(value, start, 'utf8');
    if (size > LONGEST_STRING) throw new WireError(`string of ${size} bytes, ${LONGEST_STRING} are allowed`);
    this.position = start + size;
  }

  raw(value: Chunk): void {
    // A section's length is counted, and its body perhaps moved, in scratch: nothing is spliced inside one.
    if (value.length > COPIED_AT_MOST && this.openSections === 0) {
      this.splices.push({ at: this.position, chunk: value });
      this.splicedBytes += value.length;
      return;
    }
    assert(isHere(value), 'bytes that come later are spliced');
    this.room(value.length);
    this.buffer.set(value, this.position);
    this.position += value.length;
  }

  /** Opens a length-prefixed section: one byte is kept for the length. */
  openSection(): number {
    this.room(1);
    this.openSections++;
    return this.position++;
  }

  /** Closes it: writes the length, moving the body where the length needs more than one byte. */
  closeSection(at: number): void {
    const size = this.position - at - 1;
    let extra = 0;
    for (let rest = size >>> 7; rest > 0; rest >>>= 7) extra++;
    if (extra > 0) {
      this.room(extra);
      this.buffer.copyWithin(at + 1 + extra, at + 1, this.position);
    }
    this.position = at;
    this.uvarint(size);
    this.position = at + 1 + extra + size;
    this.openSections--;
  }

  /** Everything written, as chunks ready for one `writev`; the writer is empty again. All of it is here already. */
  finish(): Buffer[] {
    const chunks = this.finishChunks();
    assert(chunks.every(isHere), 'nothing in this message comes later');
    return chunks;
  }

  /** The same in one piece. */
  finishWhole(): Buffer {
    const chunks = this.finish();
    return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
  }

  /** Everything written, in part perhaps still to be read. */
  finishChunks(): Chunk[] {
    const scratch = Buffer.allocUnsafe(this.position);
    this.buffer.copy(scratch, 0, 0, this.position);
    const chunks: Chunk[] = [];
    let from = 0;
    for (const { at, chunk } of this.splices) {
      if (at > from) chunks.push(scratch.subarray(from, at));
      chunks.push(chunk);
      from = at;
    }
    if (from < scratch.length || chunks.length === 0) chunks.push(from === 0 ? scratch : scratch.subarray(from));
    this.reset();
    return chunks;
  }

  /** Forgets what was written: also what must follow an encoder that threw. */
  reset(): void {
    this.position = 0;
    this.openSections = 0;
    this.splicedBytes = 0;
    if (this.splices.length > 0) this.splices = [];
    if (this.buffer.length > SCRATCH_KEPT) this.resize(this.initialCapacity);
  }
}
