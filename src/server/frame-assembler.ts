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

/** A large frame that is being received into its own memory. */
interface Direct {
  memory: Buffer;
  filled: number;
}

/**
 * Cuts a connection's bytes into frames (int32 size, then that many bytes).
 *
 * Bytes land either in memory shared by all connections, from where small frames are copied out, or, once a large frame
 * has begun, right where that frame will lie. An announced size alone never makes us set aside more than a little.
 */
export class FrameAssembler {
  readonly #maxBytes: number;
  readonly #pool: BufferPool;
  #chunks: Buffer[] = [];
  /** Bytes in `#chunks`. */
  #bufferedBytes = 0;
  /** Size of the frame being received, or -1 while its size has not arrived whole. */
  #sizeBytes = -1;
  #direct: Direct | undefined;

  constructor(maxBytes: number, pool: BufferPool) {
    this.#maxBytes = maxBytes;
    this.#pool = pool;
  }

  /** Where the next bytes are wanted; undefined where any place will do, to be handed in by `push`. */
  get target(): Buffer | undefined {
    const direct = this.#direct;
    if (direct === undefined || direct.filled === this.#sizeBytes) return undefined;
    if (direct.filled === direct.memory.length) this.#grow(direct);
    return direct.memory.subarray(direct.filled);
  }

  /** So many bytes have been put into `target`. */
  landed(count: number): void {
    if (this.#direct !== undefined) this.#direct.filled += count;
  }

  /** Bytes that came some other way. They are not copied yet: see `keep`. */
  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bufferedBytes += chunk.length;
  }

  /** What was pushed last is about to be overwritten: copies what is left of it. */
  keep(): void {
    const last = this.#chunks.pop();
    if (last !== undefined) this.#chunks.push(Buffer.from(last));
  }

  /** True when `next` would return a frame. Throws FrameSizeError for a size below zero or over the limit. */
  hasNext(): boolean {
    if (this.#direct !== undefined) return this.#direct.filled === this.#sizeBytes;
    if (this.#sizeBytes < 0) {
      if (this.#bufferedBytes < SIZE_BYTES) return false;
      const sizeBytes = this.#takeInt32();
      if (sizeBytes < 0 || sizeBytes > this.#maxBytes) throw new FrameSizeError(sizeBytes, this.#maxBytes);
      this.#sizeBytes = sizeBytes;
    }
    if (this.#bufferedBytes >= this.#sizeBytes) return true;
    if (this.#sizeBytes - this.#bufferedBytes >= DIRECT_BYTES) this.#receiveDirectly();
    return false;
  }

  /** The next whole frame, without its size, or undefined while it has not arrived. Throws FrameSizeError. */
  next(): Buffer | undefined {
    if (!this.hasNext()) return undefined;
    const frame = this.#direct?.memory ?? this.#take(this.#pool.take(this.#sizeBytes));
    this.#direct = undefined;
    this.#sizeBytes = -1;
    return frame;
  }

  /** The api key of the frame `next` would return, or -1 where it is too short to have one. */
  peekApiKey(): number {
    if (this.#sizeBytes < 2) return -1;
    if (this.#direct !== undefined) return this.#direct.memory.readInt16BE(0);
    const first = this.#chunks[0] as Buffer;
    return (first.length >= 2 ? first : Buffer.concat(this.#chunks.slice(0, 2))).readInt16BE(0);
  }

  #takeInt32(): number {
    const first = this.#chunks[0] as Buffer;
    if (first.length <= SIZE_BYTES) return this.#take(Buffer.allocUnsafe(SIZE_BYTES)).readInt32BE(0);
    this.#chunks[0] = first.subarray(SIZE_BYTES);
    this.#bufferedBytes -= SIZE_BYTES;
    return first.readInt32BE(0);
  }

  #receiveDirectly(): void {
    const memory = this.#pool.take(Math.min(this.#sizeBytes, Math.max(TRUSTED_BYTES, 2 * this.#bufferedBytes)));
    const filled = this.#bufferedBytes;
    this.#take(memory.subarray(0, filled));
    this.#direct = { memory, filled };
  }

  #grow(direct: Direct): void {
    const larger = this.#pool.take(Math.min(this.#sizeBytes, 2 * direct.memory.length));
    direct.memory.copy(larger);
    this.#pool.recycle(direct.memory);
    direct.memory = larger;
  }

  /** Moves as many buffered bytes as fit into `target`, which must not be more than there are. */
  #take(target: Buffer): Buffer {
    let at = 0;
    let used = 0;
    while (at < target.length) {
      const chunk = this.#chunks[used] as Buffer;
      const part = Math.min(chunk.length, target.length - at);
      chunk.copy(target, at, 0, part);
      at += part;
      if (part < chunk.length) this.#chunks[used] = chunk.subarray(part);
      else used++;
    }
    this.#chunks.splice(0, used);
    this.#bufferedBytes -= target.length;
    return target;
  }
}
