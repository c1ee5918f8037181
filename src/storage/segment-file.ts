import type { File } from '../base/index.ts';
import type { PageCache, WarmPieces } from './page-cache.ts';

/** An open file, and what was begun with it. */
interface Handle {
  readonly file: File;
  /** Asynchronous reads, writes and syncs under way; a file that is to be closed is closed after the last. */
  inUse: number;
  isCloseDue: boolean;
}

/** The log file of a segment: opened when it is used, closed when nothing that was begun needs it any more. */
export class SegmentFile {
  readonly #openFile: () => File;
  readonly #cache: PageCache;
  readonly #warm: WarmPieces;
  #handle: Handle | undefined;

  constructor(openFile: () => File, cache: PageCache) {
    this.#openFile = openFile;
    this.#cache = cache;
    this.#warm = cache.pieces();
  }

  open(): File {
    return this.#open().file;
  }

  #open(): Handle {
    return (this.#handle ??= { file: this.#openFile(), inUse: 0, isCloseDue: false });
  }

  write(buffers: readonly Buffer[], position: number, bytes: number): void {
    this.open().write(buffers, position);
    this.#warm.written(position, bytes);
  }

  /** The same without blocking the event loop. */
  async writeLater(bytes: Buffer, position: number): Promise<void> {
    await this.#using(({ file }) => file.writeLater(bytes, position));
    this.#warm.written(position, bytes.length);
  }

  /**
   * Cuts the file, and syncs it: what was cut could come back behind what is written in its place. So could what is being
   * written, be it for a log that was closed before: it is left the file, and this one goes on in another.
   * @param replace puts another file in its place, with this content
   */
  truncate(size: number, replace: (start: Buffer) => void): void {
    const { file } = this.#open();
    if (!file.isBeingWritten()) {
      if (size === file.size()) return;
      file.truncate(size);
      file.sync();
      return;
    }
    const start = Buffer.allocUnsafe(size);
    file.read(start, 0);
    replace(start);
    this.close();
  }

  read(target: Buffer, position: number): number {
    const bytes = this.open().read(target, position);
    this.#warm.read(position, bytes);
    return bytes;
  }

  /** The same without blocking the event loop. */
  async readLater(target: Buffer, position: number): Promise<number> {
    const bytes = await this.#using(({ file }) => this.#cache.slowly(() => file.readLater(target, position)));
    this.#warm.read(position, bytes);
    return bytes;
  }

  /** Whether a read of this is not likely to wait for the disk. */
  isWarm(position: number, bytes: number): boolean {
    return this.#warm.has(position, bytes);
  }

  /** The same for all before `end`; false when that takes long to tell. */
  isWarmUpTo(end: number): boolean {
    return this.#warm.hasAllUpTo(end);
  }

  syncLater(): Promise<void> {
    return this.#using(({ file }) => file.syncLater());
  }

  /** Closes the file after what is under way; it is opened again on use. */
  close(): void {
    this.#warm.clear();
    const handle = this.#handle;
    if (handle === undefined) return;
    this.#handle = undefined;
    handle.isCloseDue = true;
    if (handle.inUse === 0) handle.file.close();
  }

  async #using<T>(work: (handle: Handle) => Promise<T>): Promise<T> {
    const handle = this.#open();
    handle.inUse++;
    try {
      return await work(handle);
    } finally {
      handle.inUse--;
      if (handle.isCloseDue && handle.inUse === 0) handle.file.close();
    }
  }
}
