import type { FileSystem } from '../base/index.ts';

/** The folder in which those of logs lie: one sync of it keeps the names of all that were made before. */
export class ParentFolder {
  readonly #fs: FileSystem;
  readonly #path: string;
  #isSynced = false;
  #changes = 0;
  /** The sync under way, and how often the folder had changed before it. */
  #syncing: { readonly changes: number; readonly done: Promise<void> } | undefined;

  constructor(fs: FileSystem, path: string) {
    this.#fs = fs;
    this.#path = path;
  }

  /** A folder was made. */
  changed(): void {
    this.#isSynced = false;
    this.#changes++;
  }

  /** @throws FileError */
  sync(): void {
    if (this.#isSynced) return;
    this.#fs.syncDirectory(this.#path);
    this.#isSynced = true;
  }

  /** The same without blocking the event loop; one sync serves all who ask before anything changes. Rejects with FileError. */
  async syncLater(): Promise<void> {
    if (this.#isSynced) return;
    const changes = this.#changes;
    if (this.#syncing?.changes !== changes)
      this.#syncing = {
        changes,
        done: this.#fs.syncDirectoryLater(this.#path).finally(() => (this.#syncing = undefined)),
      };
    await this.#syncing.done;
    if (changes === this.#changes) this.#isSynced = true;
  }
}
