import { dirname } from 'node:path';
import type { FileSystem } from '../base/index.ts';

/**
 * Whether the names in a log's folder, and the folder's own, would survive a loss of power. They are synced only when something
 * else is: a log that nobody syncs costs nothing here.
 */
export class FolderEntries {
  readonly #fs: FileSystem;
  readonly #directory: string;
  #isSynced: boolean;
  #isFolderSynced: boolean;

  /** @param isSynced whether all that is there now was synced by whoever made it */
  constructor(fs: FileSystem, directory: string, isSynced: boolean) {
    this.#fs = fs;
    this.#directory = directory;
    this.#isSynced = this.#isFolderSynced = isSynced;
  }

  /** A file was made, renamed or removed. */
  changed(): void {
    this.#isSynced = false;
  }

  /** @throws FileError */
  sync(): void {
    if (!this.#isSynced) {
      this.#isSynced = true;
      this.#fs.syncDirectory(this.#directory);
    }
    if (this.#isFolderSynced) return;
    this.#isFolderSynced = true;
    this.#fs.syncDirectory(dirname(this.#directory));
  }
}
