import { join } from 'node:path';
import type { FileSystem } from '../base/index.ts';
import { writeEpochCheckpoint, writeEpochCheckpointLater } from './checkpoint-file.ts';
import type { FolderEntries } from './folder-entries.ts';
import type { LeaderEpochs } from './leader-epochs.ts';

/** Where the leader epochs of a log are written down, relative to its folder. */
export const EPOCH_CHECKPOINT = 'leader-epoch-checkpoint';

export interface EpochCheckpointOptions {
  readonly fs: FileSystem;
  readonly directory: string;
  readonly entries: FolderEntries;
  readonly epochs: LeaderEpochs;
  readonly logEndOffset: () => number;
  /** The log was closed, or its disk has failed. */
  readonly isOver: () => boolean;
}

/** Writes the leader epochs of a log down where the file does not say what is known. */
export class EpochCheckpoint {
  readonly #options: EpochCheckpointOptions;
  readonly #path: string;
  /** How often they were written at once: what was under way then is out of date. */
  #writes = 0;
  /** Those written later come one after the other. */
  #last: Promise<void> = Promise.resolve();

  constructor(options: EpochCheckpointOptions) {
    this.#options = options;
    this.#path = join(options.directory, EPOCH_CHECKPOINT);
  }

  get #isDue(): boolean {
    const { entries, epochs, logEndOffset } = this.#options;
    return entries.isThere && epochs.isDirtyBelow(logEndOffset());
  }

  /** @throws FileError */
  write(): void {
    if (!this.#isDue) return;
    const { fs, epochs } = this.#options;
    this.#writes++;
    writeEpochCheckpoint(fs, this.#path, epochs.entries);
    epochs.written();
  }

  /** The same without blocking the event loop. What is known anew in the meantime is not covered. @throws FileError */
  writeLater(): Promise<void> {
    const write = this.#last.then(() => this.#writeLater());
    this.#last = write.catch(() => undefined);
    return write;
  }

  async #writeLater(): Promise<void> {
    const { fs, epochs, isOver } = this.#options;
    if (!this.#isDue || isOver()) return;
    const [writes, written] = [this.#writes, [...epochs.entries]];
    const isWanted = (): boolean => writes === this.#writes && !isOver();
    await writeEpochCheckpointLater(fs, this.#path, written, isWanted);
    const isAll = epochs.entries.length === written.length && written.every((entry, i) => entry === epochs.entries[i]);
    if (isWanted() && isAll) epochs.written();
  }
}
