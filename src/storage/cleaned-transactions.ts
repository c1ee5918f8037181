import { controlRecordTypeOf, recordsOf, type RecordBatch } from '../wire/records/index.ts';
import type { AbortedEntry, TransactionIndex } from './transaction-index.ts';

const MARKER_BYTES = 1024;

interface OngoingAborted {
  readonly entry: AbortedEntry;
  /** A batch of the transaction has been met: its marker still has something to say. */
  hasBatches: boolean;
}

/**
 * Follows the transactions of a log while its batches are gone through from the front (Kafka's CleanedTransactionMetadata):
 * tells which batches belong to aborted ones, and which markers end a transaction of which nothing is left.
 */
export class CleanedTransactions {
  /** Not begun yet at the batch at hand, by first offset. */
  #upcoming: AbortedEntry[] = [];
  readonly #aborted = new Map<number, OngoingAborted>();
  readonly #committed = new Set<number>();
  /** Where aborted transactions of which something stays are noted. */
  index: TransactionIndex | undefined;

  /** Tells of aborted transactions with records ahead. One may be told again with the next segment. */
  expect(entries: readonly AbortedEntry[]): void {
    this.#upcoming = [...this.#upcoming, ...entries].sort((a, b) => a.firstOffset - b.firstOffset);
  }

  /** Takes note of a data batch. Returns whether it is part of an aborted transaction, and so may go. */
  onBatch(batch: RecordBatch): boolean {
    this.#beginUpTo(batch.lastOffset);
    if (!batch.isTransactional) return false;
    const aborted = this.#aborted.get(batch.producerId);
    if (aborted === undefined) {
      this.#committed.add(batch.producerId);
      return false;
    }
    aborted.hasBatches = true;
    return true;
  }

  /** Takes note of a control batch. Returns whether it says nothing any more, and so may go. */
  onControlBatch(batch: RecordBatch): boolean {
    this.#beginUpTo(batch.lastOffset);
    const [record] = recordsOf(batch, { maxBytes: MARKER_BYTES });
    if (record === undefined) return true;
    const type = controlRecordTypeOf(record.key);
    if (type === 'COMMIT') return !this.#committed.delete(batch.producerId);
    if (type !== 'ABORT') return false;
    const aborted = this.#aborted.get(batch.producerId);
    this.#aborted.delete(batch.producerId);
    if (aborted?.hasBatches !== true) return true;
    this.index?.append(aborted.entry);
    return false;
  }

  #beginUpTo(offset: number): void {
    for (let next = this.#upcoming[0]; next !== undefined && next.firstOffset <= offset; next = this.#upcoming[0]) {
      this.#upcoming.shift();
      if (!this.#aborted.has(next.producerId)) this.#aborted.set(next.producerId, { entry: next, hasBatches: false });
    }
  }
}
