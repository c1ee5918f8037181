import type { BufferPool } from './buffer-pool.ts';

/** A frame that announces a size no honest client sends. Nothing after it on the connection can be trusted. */
export class FrameSizeError extends Error {
  override name = 'FrameSizeError';
  readonly sizeBytes: number;

  constructor(sizeBytes: number, maxBytes: number) {
    super(`a frame of ${sizeBytes} bytes is announced, 0 to ${maxBytes} are allowed (socket.request.max.bytes)`);
    this.sizeBytes = sizeBytes;
  }
}

const SIZE_BYTES = 4;
/** With this much of a frame still to come, it is worth receiving the rest right into its place. */
const DIRECT_BYTES = 16 * 1024;
/** What is set aside for a frame on its word alone; more as it really arrives. */
const TRUSTED_BYTES = 1024 * 1024;
/** Once that much has arrived, a frame is given this much: what no byte has come to yet takes no memory of the system's. */
const LEAST_GROWTH_BYTES = 16 * 1024 * 1024;

const nothing = Buffer.alloc(0);

/**
 * Cuts a connection's bytes into frames (int32 size, then that many bytes).
 *
 * Bytes land either in memory shared by all connections, from where frames are copied out, or, once a large frame has begun,
 * right where that frame will lie. An announced size alone never makes us set aside more than a little.
 */
export class FrameAssembler {
  readonly #maxBytes: number;
  readonly #pool: BufferPool;
  readonly #admits: (sizeBytes: number) => boolean;
  /** What was pushed, from `#at` on, is still to be cut. */
  #chunk: Buffer = nothing;
  #at = 0;
  /** Size of the frame being received, or -1 while its size has not arrived whole. */
  #sizeBytes = -1;
  /** Whether that frame may come in. */
  #isAdmitted = false;
  /** Where the frame lies that has arrived in part, and how much of it has. */
  #memory: Buffer | undefined;
  #filled = 0;

  /** @param admits whether there is room for a frame of that size, asked again with each look for one until there is; always, unless told */
  constructor(maxBytes: number, pool: BufferPool, admits: (sizeBytes: number) => boolean = () => true) {
    this.#maxBytes = maxBytes;
    this.#pool = pool;
    this.#admits = admits;
  }

  /** A frame has begun that has no room yet: nothing more is to be read. */
  get lacksRoom(): boolean {
    return this.#sizeBytes >= 0 && !this.#isAdmitted;
  }

  /** Size of the frame that has been let in and not been taken. */
  get admittedBytes(): number {
    return this.#isAdmitted ? this.#sizeBytes : 0;
  }

  /** Where the next bytes are wanted; undefined where any place will do, to be handed in by `push`. */
  get target(): Buffer | undefined {
    const memory = this.#memory;
    if (memory === undefined || this.#sizeBytes - this.#filled < DIRECT_BYTES) return undefined;
    return (this.#filled === memory.length ? this.#grow(memory) : memory).subarray(this.#filled);
  }

  /** So many bytes have been put into `target`. */
  landed(count: number): void {
    this.#filled += count;
  }

  /** Bytes that came some other way. They are not copied yet: see `keep`. */
  push(chunk: Buffer): void {
    const rest = this.#chunk.length - this.#at;
    this.#chunk = rest === 0 ? chunk : Buffer.concat([this.#chunk.subarray(this.#at), chunk]);
    this.#at = 0;
  }

  /** What was pushed last is about to be overwritten: copies what is left of it. */
  keep(): void {
    const isCut = this.#at === this.#chunk.length;
    this.#chunk = isCut ? nothing : Buffer.from(this.#chunk.subarray(this.#at));
    this.#at = 0;
  }

  /** True when `next` would return a frame. Throws FrameSizeError for a size below zero or over the limit. */
  hasNext(): boolean {
    const left = this.#chunk.length - this.#at;
    if (this.#sizeBytes < 0) {
      if (left < SIZE_BYTES) return false;
      const sizeBytes = this.#chunk.readInt32BE(this.#at);
      if (sizeBytes < 0 || sizeBytes > this.#maxBytes) throw new FrameSizeError(sizeBytes, this.#maxBytes);
      this.#at += SIZE_BYTES;
      this.#sizeBytes = sizeBytes;
      return this.hasNext();
    }
    if (!this.#isAdmitted && !(this.#isAdmitted = this.#admits(this.#sizeBytes))) return false;
    if (this.#memory === undefined) {
      if (left >= this.#sizeBytes) return true;
      if (left === 0 && this.#sizeBytes < DIRECT_BYTES) return false;
      this.#memory = this.#pool.take(Math.min(this.#sizeBytes, Math.max(TRUSTED_BYTES, 2 * left)));
    }
    this.#fill();
    return this.#filled === this.#sizeBytes;
  }

  /** The next whole frame, without its size, or undefined while it has not arrived. Throws FrameSizeError. */
  next(): Buffer | undefined {
    if (!this.hasNext()) return undefined;
    let frame = this.#memory;
    if (frame === undefined) {
      frame = this.#pool.take(this.#sizeBytes);
      this.#chunk.copy(frame, 0, this.#at, (this.#at += this.#sizeBytes));
    }
    this.#memory = undefined;
    this.#filled = 0;
    this.#sizeBytes = -1;
    this.#isAdmitted = false;
    return frame;
  }

  /** The api key of the frame `next` would return, or -1 where it is too short to have one. */
  peekApiKey(): number {
    if (this.#sizeBytes < 2) return -1;
    return this.#memory === undefined ? this.#chunk.readInt16BE(this.#at) : this.#memory.readInt16BE(0);
  }

  /** Moves what has been pushed of the frame to where it will lie. */
  #fill(): void {
    for (;;) {
      const wanted = Math.min(this.#chunk.length - this.#at, this.#sizeBytes - this.#filled);
      if (wanted === 0) return;
      const memory = this.#memory as Buffer;
      const copied = this.#chunk.copy(
        this.#filled === memory.length ? this.#grow(memory) : memory,
        this.#filled,
        this.#at,
        this.#at + wanted,
      );
      this.#at += copied;
      this.#filled += copied;
    }
  }

  #grow(memory: Buffer): Buffer {
    const larger = this.#pool.take(Math.min(this.#sizeBytes, Math.max(2 * memory.length, LEAST_GROWTH_BYTES)));
    memory.copy(larger);
    this.#pool.recycle(memory);
    this.#memory = larger;
    return larger;
  }
}
