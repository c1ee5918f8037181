/**
 * Bytes of a known length that nobody has read yet: they are read piece by piece while they are sent, as fast as the receiver
 * takes them. In a message they stand where record batches stand.
 */
export interface LaterBytes {
  readonly length: number;
  /**
   * Puts the next bytes into `target` and tells how many: at once, or later where they must be waited for. 0: what is left is
   * gone, though it was promised.
   */
  read(target: Buffer): number | Promise<number>;
}

/** A part of an encoded frame. */
export type Chunk = Buffer | LaterBytes;

export const isHere = (chunk: Chunk): chunk is Buffer => Buffer.isBuffer(chunk);
