import type { LogPosition } from './machine.ts';

/** Where a shard's records live. One shard has it to itself: nobody else appends. */
export interface Log<Rec> {
  /** The offset that the next record gets. */
  endOffset(): number;
  /** All before this offset is committed: on enough replicas, and never taken back. */
  committedOffset(): number;
  /**
   * Writes the records one after the other and returns the end offset after them, in this turn of the event loop.
   * Commitment is told apart, through `onCommitted`. Throws when the log does not take them (no longer the leader,
   * a lost disk, a record too large): then none of them may ever become committed without a rebuild noticing.
   */
  append(records: readonly Rec[]): number;
  /**
   * What the log holds from its start to its end, committed or not, in slices small enough to be replayed within one
   * turn. Records of a kind that the machine does not know may be left out.
   */
  read(): Iterable<readonly LogEntry<Rec>[]> | AsyncIterable<readonly LogEntry<Rec>[]>;
  /** Calls `listener` with the committed offset whenever it moved. Returns how to stop that. */
  onCommitted(listener: (committedOffset: number) => void): () => void;
}

export interface LogEntry<Rec> {
  readonly at: LogPosition;
  readonly record: Rec;
}
