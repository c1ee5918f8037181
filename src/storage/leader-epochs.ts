import type { EpochEnd } from './log-types.ts';

export interface EpochStart {
  readonly epoch: number;
  readonly startOffset: number;
}

/**
 * At which offset each leader epoch began in this log (Kafka's LeaderEpochFileCache). Epochs and offsets both rise. Kept in
 * memory; the log writes `entries` to `leader-epoch-checkpoint` when they are dirty, before its recovery point moves.
 */
export class LeaderEpochs {
  #entries: EpochStart[];
  #isDirty = false;
  /** An epoch was added since the file was written. */
  #hasGrown = false;

  /** Entries out of order are a damaged file: what comes after the first of them is dropped. */
  constructor(entries: readonly EpochStart[] = []) {
    this.#entries = [];
    for (const entry of entries) {
      const last = this.#entries.at(-1);
      if (last !== undefined && (entry.epoch <= last.epoch || entry.startOffset < last.startOffset)) {
        this.#isDirty = true;
        break;
      }
      this.#entries.push(entry);
    }
  }

  get entries(): readonly EpochStart[] {
    return this.#entries;
  }

  /**
   * Whether the file is to be written, of a log that ends at `logEndOffset`. An epoch in which nothing was written needs not be
   * known: the next leader has a later one, and begins it at the same offset.
   */
  isDirtyBelow(logEndOffset: number): boolean {
    return this.#isDirty || (this.#hasGrown && (this.#entries.at(-1)?.startOffset ?? Infinity) < logEndOffset);
  }

  /** The file has all entries. */
  written(): void {
    this.#isDirty = this.#hasGrown = false;
  }

  /** -1 when there is none. */
  get latest(): number {
    return this.#entries.at(-1)?.epoch ?? -1;
  }

  /** Notes that `epoch` began at `startOffset`, unless it is known already. */
  assign(epoch: number, startOffset: number): void {
    const last = this.#entries.at(-1);
    if (last?.epoch === epoch) return;
    // A later epoch that wrote nothing, or an entry that a truncation should have taken: the newcomer knows better.
    while ((this.#entries.at(-1)?.epoch ?? -1) >= epoch || (this.#entries.at(-1)?.startOffset ?? -1) >= startOffset) {
      this.#entries.pop();
    }
    this.#entries.push({ epoch, startOffset });
    this.#hasGrown = true;
  }

  /** Where `epoch` ended: the start of the next one, or the log's end for the latest. */
  endOf(epoch: number, logEndOffset: number): EpochEnd {
    if (epoch === -1 || epoch > this.latest || this.#entries.length === 0) return { leaderEpoch: -1, endOffset: -1 };
    if (epoch === this.latest) return { leaderEpoch: epoch, endOffset: logEndOffset };
    const next = this.#entries.findIndex((entry) => entry.epoch > epoch);
    const { startOffset } = this.#entries[next] as EpochStart;
    return { leaderEpoch: this.#entries[next - 1]?.epoch ?? epoch, endOffset: startOffset };
  }

  /** The epoch in which the record at `offset` was written, or -1 where that is not known. */
  epochOf(offset: number): number {
    return this.#entries.findLast((entry) => entry.startOffset <= offset)?.epoch ?? -1;
  }

  /** The log lost everything from `offset` on. */
  truncateFromEnd(offset: number): void {
    const kept = this.#entries.filter((entry) => entry.startOffset < offset);
    if (kept.length === this.#entries.length) return;
    this.#entries = kept;
    this.#isDirty = true;
  }

  /** The log lost everything before `offset`: the epoch that is current there now begins there. */
  truncateFromStart(offset: number): void {
    const later = this.#entries.filter((entry) => entry.startOffset > offset);
    const current = this.#entries[this.#entries.length - later.length - 1];
    if (current === undefined || (later.length + 1 === this.#entries.length && current.startOffset === offset)) return;
    this.#entries = [{ epoch: current.epoch, startOffset: offset }, ...later];
    this.#isDirty = true;
  }

  clear(): void {
    if (this.#entries.length === 0) return;
    this.#entries = [];
    this.#isDirty = true;
  }
}
