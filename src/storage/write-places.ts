import { Places } from './places.ts';

/** Of the thread pool's threads so many write for one disk: reads and syncs wait for the same ones. */
const MOST_AT_ONCE = 2;
/** The most that is written in one go: so much memory each place may keep. */
export const LARGEST_WRITE_BYTES = 4 * 1024 * 1024;

/** Joins `parts`, of `bytes` bytes together, and no more than one write has. Good until the next copy, or the end of the turn. */
export type CopyParts = (parts: readonly Buffer[], bytes: number) => Buffer;

/** The places that writes have at the thread pool, each with memory of its own; who finds none waits in line. */
export class WritePlaces {
  readonly #places = new Places(MOST_AT_ONCE);
  readonly #memory: Buffer[] = [];

  /** Calls `write` when it has a place, and keeps that, its turn, until the promise it returns is settled. */
  inTurn(write: (copy: CopyParts) => Promise<void>): Promise<void> {
    return this.#places.inTurn(() => this.#withMemory(write));
  }

  async #withMemory(write: (copy: CopyParts) => Promise<void>): Promise<void> {
    let memory = this.#memory.pop();
    try {
      await write((parts, bytes) => {
        if (memory === undefined || memory.length < bytes)
          memory = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(bytes)));
        let at = 0;
        for (const part of parts) at += part.copy(memory, at);
        return memory.subarray(0, bytes);
      });
    } finally {
      if (memory !== undefined) this.#memory.push(memory);
    }
  }
}
