import { dirname } from 'node:path';
import type { FileSystem } from '../base/index.ts';

export interface FolderEntriesOptions {
  /** Whether all that is there now was synced by whoever made it. */
  readonly isSynced: boolean;
  /** The folder was made just now, and is empty. */
  readonly onMade: () => void;
}

/**
 * The folder of a log: made when there is something to be kept in it. And whether the names in it, and its own, would survive a
 * loss of power: they are synced only when something else is, so that a log that nobody syncs costs nothing here.
 */
export class FolderEntries {
  readonly #fs: FileSystem;
  readonly #directory: string;
  readonly #onMade: () => void;
  #isThere: boolean;
  #isSynced: boolean;
  #isFolderSynced: boolean;

  constructor(fs: FileSystem, directory: string, { isSynced, onMade }: FolderEntriesOptions) {
    this.#fs = fs;
    this.#directory = directory;
    this.#onMade = onMade;
    this.#isThere = fs.info(directory) !== undefined;
    this.#isSynced = this.#isFolderSynced = isSynced && this.#isThere;
  }

  /** Whether there is a folder: not before something is kept in it. */
  get isThere(): boolean {
    return this.#isThere;
  }

  /** Makes the folder, unless it is there. @throws FileError */
  make(): void {
    if (this.#isThere) return;
    this.#fs.makeDirectory(this.#directory);
    this.#isThere = true;
    this.#onMade();
  }

  /** A file was made, renamed or removed. */
  changed(): void {
    this.#isSynced = false;
  }

  /** @throws FileError */
  sync(): void {
    if (!this.#isThere) return;
    if (!this.#isSynced) {
      this.#isSynced = true;
      this.#fs.syncDirectory(this.#directory);
    }
    if (this.#isFolderSynced) return;
    this.#isFolderSynced = true;
    this.#fs.syncDirectory(dirname(this.#directory));
  }
}
