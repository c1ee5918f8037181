import type { File } from '../base/index.ts';
import type { PageCache, WarmPieces } from './page-cache.ts';

/** The log file of a segment: opened when it is used, closed when nothing that was begun needs it any more. */
export class SegmentFile {
  readonly #openFile: () => File;
  readonly #cache: PageCache;
  readonly #warm: WarmPieces;
  #file: File | undefined;
  /** Asynchronous reads and syncs under way; the file is closed after the last. */
  #inUse = 0;
  #isCloseDue = false;

  constructor(openFile: () => File, cache: PageCache) {
    this.#openFile = openFile;
    this.#cache = cache;
    this.#warm = cache.pieces();
  }

  open(): File {
    this.#isCloseDue = false;
    return (this.#file ??= this.#openFile());
  }

  write(buffers: readonly Buffer[], position: number, bytes: number): void {
    this.open().write(buffers, position);
    this.#warm.written(position, bytes);
  }

  read(target: Buffer, position: number): number {
    const bytes = this.open().read(target, position);
    this.#warm.read(position, bytes);
    return bytes;
  }

  /** The same without blocking the event loop. */
  async readLater(target: Buffer, position: number): Promise<number> {
    const bytes = await this.#using((file) => this.#cache.slowly(() => file.readLater(target, position)));
    this.#warm.read(position, bytes);
    return bytes;
  }

  /** Whether a read of this is not likely to wait for the disk. */
  isWarm(position: number, bytes: number): boolean {
    return this.#warm.has(position, bytes);
  }

  syncLater(): Promise<void> {
    return this.#using((file) => file.syncLater());
  }

  /** Closes the file, or lets it be closed after what is under way; it is opened again on use. */
  close(): void {
    this.#warm.clear();
    if (this.#inUse > 0) {
      this.#isCloseDue = true;
      return;
    }
    this.#isCloseDue = false;
    this.#file?.close();
    this.#file = undefined;
  }

  async #using<T>(work: (file: File) => Promise<T>): Promise<T> {
    const file = this.open();
    this.#inUse++;
    try {
      return await work(file);
    } finally {
      this.#inUse--;
      if (this.#isCloseDue && this.#inUse === 0) this.close();
    }
  }
}
