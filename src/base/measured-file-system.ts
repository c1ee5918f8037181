import type { Clock } from './clock.ts';
import type { File, FileInfo, FileSystem } from './file-system.ts';
import { Histogram } from './histogram.ts';

const BOUNDS_MS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000];

/** What was asked of disks, and how long it took. */
export class FileSystemFigures {
  /** ms, of writes that the event loop waited for. */
  readonly writes = new Histogram(BOUNDS_MS);
  /** ms, of syncs of files, waited for or not. */
  readonly syncs = new Histogram(BOUNDS_MS);
  writtenBytes = 0;
  readBytes = 0;
}

/** The same file system, measured. */
export function measuredFileSystem(fs: FileSystem, clock: Clock, figures: FileSystemFigures): FileSystem {
  return {
    isWritingBack: () => fs.isWritingBack(),
    open: (path, options) => new MeasuredFile(fs.open(path, options), clock, figures),
    readFile: (path) => fs.readFile(path),
    replaceFile: (path, content) => fs.replaceFile(path, content),
    list: (path) => fs.list(path),
    info: (path): FileInfo | undefined => fs.info(path),
    setModified: (path, modifiedMs) => fs.setModified(path, modifiedMs),
    makeDirectory: (path) => fs.makeDirectory(path),
    rename: (from, to) => fs.rename(from, to),
    remove: (path) => fs.remove(path),
    removeTree: (path) => fs.removeTree(path),
    removeLater: (path) => fs.removeLater(path),
    syncDirectory: (path) => fs.syncDirectory(path),
    syncDirectoryLater: (path) => fs.syncDirectoryLater(path),
    lock: (directory) => fs.lock(directory),
    space: (path) => fs.space(path),
  };
}

class MeasuredFile implements File {
  readonly path: string;
  readonly #file: File;
  readonly #clock: Clock;
  readonly #figures: FileSystemFigures;

  constructor(file: File, clock: Clock, figures: FileSystemFigures) {
    this.path = file.path;
    this.#file = file;
    this.#clock = clock;
    this.#figures = figures;
  }

  size(): number {
    return this.#file.size();
  }

  write(buffers: readonly Uint8Array[], position: number): void {
    const startedMs = this.#clock.elapsed();
    this.#file.write(buffers, position);
    this.#figures.writes.add(this.#clock.elapsed() - startedMs);
    for (const { length } of buffers) this.#figures.writtenBytes += length;
  }

  async writeLater(source: Uint8Array, position: number): Promise<void> {
    await this.#file.writeLater(source, position);
    this.#figures.writtenBytes += source.length;
  }

  growLater(bytes: number): Promise<void> {
    return this.#file.growLater(bytes);
  }

  isBeingWritten(): boolean {
    return this.#file.isBeingWritten();
  }

  read(target: Uint8Array, position: number): number {
    const bytes = this.#file.read(target, position);
    this.#figures.readBytes += bytes;
    return bytes;
  }

  async readLater(target: Uint8Array, position: number): Promise<number> {
    const bytes = await this.#file.readLater(target, position);
    this.#figures.readBytes += bytes;
    return bytes;
  }

  truncate(size: number): void {
    this.#file.truncate(size);
  }

  sync(): void {
    const startedMs = this.#clock.elapsed();
    this.#file.sync();
    this.#figures.syncs.add(this.#clock.elapsed() - startedMs);
  }

  async syncLater(): Promise<void> {
    const startedMs = this.#clock.elapsed();
    await this.#file.syncLater();
    this.#figures.syncs.add(this.#clock.elapsed() - startedMs);
  }

  close(): void {
    this.#file.close();
  }
}
