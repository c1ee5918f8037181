import { join } from 'node:path';
import type { FileSystem, Logger } from '../base/index.ts';
import { fileName, offsetOfFileName, SUFFIX } from './file-names.ts';
import { decodeProducerSnapshot, encodeProducerSnapshot } from './producer-snapshot.ts';
import { ProducerStates } from './producer-state.ts';

/** The `.snapshot` files of a log: what was known of its producers at some offsets. */
export class ProducerSnapshots {
  readonly #fs: FileSystem;
  readonly #logger: Logger;
  readonly #directory: string;
  /** Rising. */
  #offsets: number[];

  /** @param names what the folder holds */
  constructor(fs: FileSystem, logger: Logger, directory: string, names: readonly string[]) {
    this.#fs = fs;
    this.#logger = logger;
    this.#directory = directory;
    this.#offsets = names
      .map((name) => offsetOfFileName(name, SUFFIX.snapshot))
      .filter((offset) => offset !== undefined)
      .sort((a, b) => a - b);
  }

  get offsets(): readonly number[] {
    return this.#offsets;
  }

  #path(offset: number): string {
    return join(this.#directory, fileName(offset, SUFFIX.snapshot));
  }

  /** Writes down what is known now, unless that is done. Not synced: a crc tells whether the file is whole. */
  take(producers: ProducerStates): void {
    const offset = producers.endOffset;
    if ((this.#offsets.at(-1) ?? 0) >= offset) return;
    const file = this.#fs.open(this.#path(offset), { create: true });
    try {
      file.truncate(0);
      file.write([encodeProducerSnapshot(producers.entries())], 0);
    } finally {
      file.close();
    }
    this.#offsets.push(offset);
  }

  /** The latest state at or below `offset` that a file holds; files that cannot be believed are removed. */
  latestAtMost(offset: number): ProducerStates | undefined {
    for (const at of this.#offsets.filter((candidate) => candidate <= offset).reverse()) {
      const path = this.#path(at);
      const entries = decodeProducerSnapshot(this.#fs.readFile(path));
      if (typeof entries !== 'string') return new ProducerStates(at, entries);
      this.#logger.warn('removing a producer snapshot that is damaged', { path, reason: entries });
      this.#remove(at);
    }
    return undefined;
  }

  /** Keeps those for which `isWanted`, and the latest. */
  keep(isWanted: (offset: number) => boolean): void {
    for (const offset of this.#offsets.slice(0, -1)) if (!isWanted(offset)) this.#remove(offset);
  }

  deleteBefore(offset: number): void {
    for (const at of this.#offsets.filter((candidate) => candidate < offset)) this.#remove(at);
  }

  /** Returns whether there were any. */
  deleteAfter(offset: number): boolean {
    const later = this.#offsets.filter((candidate) => candidate > offset);
    for (const at of later) this.#remove(at);
    return later.length > 0;
  }

  #remove(offset: number): void {
    this.#fs.remove(this.#path(offset));
    this.#offsets = this.#offsets.filter((other) => other !== offset);
  }
}
