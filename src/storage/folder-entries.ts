import { dirname } from 'node:path';
import type { FileSystem } from '../base/index.ts';
import type { PartitionLogOptions } from './log-types.ts';
import { ParentFolder } from './parent-folder.ts';
import { writeTopicId } from './partition-metadata.ts';

/**
 * The folder of a log: made when there is something to be kept in it. And whether the names in it, and its own, would survive a
 * loss of power: they are synced only when something else is, so that a log that nobody syncs costs nothing here.
 */
export class FolderEntries {
  readonly #fs: FileSystem;
  readonly #directory: string;
  readonly #topicId: string | undefined;
  readonly #parent: ParentFolder;
  #isThere: boolean;
  #isSynced: boolean;
  /** How often `changed` was called: what is being synced may miss what came after. */
  #changes = 0;
  #isFolderSynced: boolean;

  constructor({ fs, directory, topicId, cleanShutdown, makeFolder = false, parent }: PartitionLogOptions) {
    this.#fs = fs;
    this.#directory = directory;
    this.#topicId = topicId;
    this.#parent = parent ?? new ParentFolder(fs, dirname(directory));
    this.#isThere = fs.info(directory) !== undefined;
    // Before a clean stop all was synced.
    this.#isSynced = this.#isFolderSynced = cleanShutdown && this.#isThere;
    if (makeFolder) this.make();
  }

  /** Whether there is a folder: not before something is kept in it. */
  get isThere(): boolean {
    return this.#isThere;
  }

  /** A file is about to be made: makes the folder, unless it is there. @throws FileError */
  make(): void {
    this.changed();
    if (this.#isThere) return;
    this.#fs.makeDirectory(this.#directory);
    this.#parent.changed();
    this.#isThere = true;
    if (this.#topicId !== undefined) writeTopicId(this.#fs, this.#directory, this.#topicId);
  }

  /** A file was made, renamed or removed. */
  changed(): void {
    this.#isSynced = false;
    this.#changes++;
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
    this.#parent.sync();
  }

  /** The same without blocking the event loop. @throws FileError */
  async syncLater(): Promise<void> {
    if (!this.#isSynced) {
      const changes = this.#changes;
      await this.#fs.syncDirectoryLater(this.#directory);
      if (changes === this.#changes) this.#isSynced = true;
    }
    if (this.#isFolderSynced) return;
    await this.#parent.syncLater();
    this.#isFolderSynced = true;
  }
}
