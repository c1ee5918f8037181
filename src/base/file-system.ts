/** What went wrong with a file: Node's code (ENOENT, ENOSPC, EIO, ...), what was tried, and where. */
export class FileError extends Error {
  override name = 'FileError';
  readonly code: string;
  readonly path: string;

  constructor(code: string, operation: string, path: string, cause?: unknown) {
    super(`${operation} ${path}: ${code}`, { cause });
    this.code = code;
    this.path = path;
  }
}

/** An open file. Positions and sizes are bytes. Every method throws (or rejects with) FileError. */
export interface File {
  readonly path: string;
  size(): number;
  /** Writes the buffers one after the other from `position` on. Returns when the operating system has them. */
  write(buffers: readonly Uint8Array[], position: number): void;
  /** The same of one buffer, without blocking the event loop. It must stay as it is meanwhile. */
  writeLater(source: Uint8Array, position: number): Promise<void>;
  /** Puts so many zeros at the end of the file, wherever that is by then, without blocking the event loop. */
  growLater(bytes: number): Promise<void>;
  /** Whether a `writeLater` of this process to the file is under way, through whichever `File` it was begun, under whichever name. */
  isBeingWritten(): boolean;
  /** Fills `target` from `position` on; returns how many bytes there were (fewer only at the end of the file). */
  read(target: Uint8Array, position: number): number;
  /** The same without blocking the event loop, for data that is likely not in memory. */
  readLater(target: Uint8Array, position: number): Promise<number>;
  truncate(size: number): void;
  /** Returns when everything written so far would survive a loss of power. */
  sync(): void;
  /** The same without blocking the event loop. */
  syncLater(): Promise<void>;
  close(): void;
}

export interface FileInfo {
  readonly size: number;
  /** Last change, ms since the epoch. */
  readonly modifiedMs: number;
  readonly isDirectory: boolean;
}

/** The only door to disks. Paths are absolute or relative to the process; every method throws FileError. */
export interface FileSystem {
  /**
   * Whether the system writes to disks now: what makes a file longer may have to wait for that, where what writes over it need not,
   * and when it does not, what takes long most likely waits for something else. Undefined where that is not known.
   */
  isWritingBack(): boolean | undefined;
  /** Opens for reading and writing; without `create` a missing file is ENOENT. */
  open(path: string, options?: { readonly create?: boolean }): File;
  readFile(path: string): Buffer;
  /** Replaces the file as a whole: after a crash there is either the old or the new content. Synced. */
  replaceFile(path: string, content: Uint8Array | string): void;
  /** Names inside a directory, sorted. */
  list(path: string): string[];
  /** Undefined when there is nothing at `path`. */
  info(path: string): FileInfo | undefined;
  /** Makes a file look as if it had last been changed then, ms since the epoch. */
  setModified(path: string, modifiedMs: number): void;
  /** Makes the directory and its parents; one that exists is fine. */
  makeDirectory(path: string): void;
  rename(from: string, to: string): void;
  /** Removes a file; a missing one is fine. */
  remove(path: string): void;
  /** Removes a directory with all it holds; a missing one is fine. */
  removeTree(path: string): void;
  /** Removes a file, or a directory with all it holds, without blocking the event loop; a missing one is fine. */
  removeLater(path: string): Promise<void>;
  /** Returns when the directory's entries (creations, renames, removals) would survive a loss of power. */
  syncDirectory(path: string): void;
  /** The same without blocking the event loop, of the entries that are there when it is called. */
  syncDirectoryLater(path: string): Promise<void>;
  /**
   * Claims a directory for this process through a `.lock` file, until `release`.
   * Throws FileError with code ELOCKED when a living process holds it.
   */
  lock(directory: string): { release(): void };
  /** Bytes free for us on the disk of `path`, and its size. */
  space(path: string): { readonly freeBytes: number; readonly totalBytes: number };
}
