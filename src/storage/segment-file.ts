import type { File } from '../base/index.ts';
import type { PageCache, WarmPieces } from './page-cache.ts';
import { isZeroFrom } from './zeros.ts';

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
  /** The file ends here at the latest, if it ends in zeros. */
  #reach = 0;
  #isGrowing = false;
  #isTrimDue = false;

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

  /** How many zeros may lie behind `end`, where its batches end. */
  zerosBehind(end: number): number {
    return Math.max(0, this.#reach - end);
  }

  /** Puts zeros at the end, without blocking the event loop. @param end where the batches end by then */
  async growLater(bytes: number, end: () => number): Promise<void> {
    this.#isGrowing = true;
    try {
      await this.#using(async ({ file }) => {
        await file.growLater(bytes);
        this.#reach = Math.max(this.#reach, end()) + bytes;
        // Another log may write to it by now, if this one was closed.
        if (this.#isTrimDue && !file.isBeingWritten() && isZeroFrom(file, end())) file.truncate(end());
      });
    } finally {
      this.#isGrowing = this.#isTrimDue = false;
    }
  }

  /** Cuts off zeros behind `end`, where the batches end: those too that came for a log that had the file before. */
  trim(end: number): void {
    this.#isTrimDue = this.#isGrowing;
    const file = this.open();
    if (file.size() > end) file.truncate(end);
    this.#reach = end;
  }

  /** Whether there is nothing but zeros behind `end`. If so they are known from now on. */
  endsInZeros(end: number): boolean {
    const file = this.open();
    if (!isZeroFrom(file, end)) return false;
    this.#reach = file.size();
    return true;
  }

  /**
   * Cuts the file, and syncs it: what was cut could come back behind what is written in its place. So could what is being
   * written, be it for a log that was closed before: it is left the file, and this one goes on in another.
   * @param replace puts another file in its place, with this content
   */
  truncate(size: number, replace: (start: Buffer) => void): void {
    const { file } = this.#open();
    this.#reach = size;
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
