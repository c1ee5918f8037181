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

/**
 * Cuts a connection's bytes into frames (int32 size, then that many bytes).
 *
 * A frame inside one chunk is a view of it; one that spans chunks is joined once, when all of it has arrived, so
 * that an announced size alone never makes us allocate.
 */
export class FrameAssembler {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  #bufferedBytes = 0;
  /** Size of the frame being received, or -1 while its size has not arrived whole. */
  #sizeBytes = -1;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bufferedBytes += chunk.length;
  }

  /** True when `next` would return a frame or throw. */
  hasNext(): boolean {
    if (this.#sizeBytes < 0) {
      if (this.#bufferedBytes < SIZE_BYTES) return false;
      const sizeBytes = this.#take(SIZE_BYTES).readInt32BE(0);
      if (sizeBytes < 0 || sizeBytes > this.#maxBytes) throw new FrameSizeError(sizeBytes, this.#maxBytes);
      this.#sizeBytes = sizeBytes;
    }
    return this.#bufferedBytes >= this.#sizeBytes;
  }

  /**
   * The next whole frame, without its size, or undefined while it has not arrived.
   * Throws FrameSizeError for a size below zero or over the limit.
   */
  next(): Buffer | undefined {
    if (!this.hasNext()) return undefined;
    const frame = this.#take(this.#sizeBytes);
    this.#sizeBytes = -1;
    return frame;
  }

  /** The api key of the frame `next` would return, or -1 where it is too short to have one. */
  peekApiKey(): number {
    const first = this.#chunks[0];
    if (first === undefined || this.#sizeBytes < 2) return -1;
    if (first.length >= 2) return first.readInt16BE(0);
    return Buffer.concat(this.#chunks.slice(0, 2)).readInt16BE(0);
  }

  #take(count: number): Buffer {
    const first = this.#chunks[0];
    this.#bufferedBytes -= count;
    if (first !== undefined && first.length >= count) {
      if (first.length === count) this.#chunks.shift();
      else this.#chunks[0] = first.subarray(count);
      return first.subarray(0, count);
    }
    const joined = Buffer.allocUnsafe(count);
    let at = 0;
    let used = 0;
    while (at < count) {
      const chunk = this.#chunks[used] as Buffer;
      const part = Math.min(chunk.length, count - at);
      chunk.copy(joined, at, 0, part);
      at += part;
      if (part < chunk.length) this.#chunks[used] = chunk.subarray(part);
      else used++;
    }
    this.#chunks.splice(0, used);
    return joined;
  }
}
