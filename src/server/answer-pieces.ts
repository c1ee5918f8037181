import { isHere, type Chunk } from '../wire/index.ts';
import type { BufferPool } from './buffer-pool.ts';

/** What was promised to a client cannot be read any more: nothing on its connection makes sense after that. */
export class AnswerGoneError extends Error {
  override name = 'AnswerGoneError';

  constructor(leftBytes: number) {
    super(`the last ${leftBytes} bytes of an answer were deleted before the client took them`);
  }
}

/** An answer as pieces of memory that is used again, each read when the one before it has left. */
export class AnswerPieces {
  readonly #chunks: readonly Chunk[];
  readonly #pool: BufferPool;
  #leftBytes: number;
  #at = 0;
  /** How much of the chunk was handed out. */
  #done = 0;

  constructor(chunks: readonly Chunk[], bytes: number, pool: BufferPool) {
    this.#chunks = chunks;
    this.#pool = pool;
    this.#leftBytes = bytes;
  }

  get isOver(): boolean {
    return this.#leftBytes === 0;
  }

  /**
   * The next piece, from the pool, of about `bytes`: what is left is shared out evenly, since a small last piece costs as much as
   * a large one. Throws, or rejects, with AnswerGoneError and FileError.
   */
  next(bytes: number): Buffer | Promise<Buffer> {
    const pieces = Math.max(1, Math.round(this.#leftBytes / bytes));
    return this.#fill(this.#pool.take(Math.ceil(this.#leftBytes / pieces)), 0);
  }

  #fill(piece: Buffer, from: number): Buffer | Promise<Buffer> {
    let filled = from;
    while (filled < piece.length) {
      const chunk = this.#chunks[this.#at] as Chunk;
      const room = piece.subarray(filled);
      const count = isHere(chunk) ? chunk.copy(room, 0, this.#done) : chunk.read(room);
      if (typeof count !== 'number') return count.then((read) => this.#fill(piece, filled + this.#took(chunk, read)));
      filled += this.#took(chunk, count);
    }
    return piece;
  }

  #took(chunk: Chunk, count: number): number {
    if (count === 0) throw new AnswerGoneError(this.#leftBytes);
    this.#leftBytes -= count;
    this.#done += count;
    if (this.#done === chunk.length) {
      this.#at++;
      this.#done = 0;
      if (isHere(chunk)) this.#pool.recycle(chunk);
    }
    return count;
  }
}
