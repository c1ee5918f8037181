import type { MetadataRecord } from './record.ts';

/** Whether a record only says where a transaction begins or ends. */
export function marksTransaction({ type }: MetadataRecord): boolean {
  return type === 'BeginTransactionRecord' || type === 'EndTransactionRecord' || type === 'AbortTransactionRecord';
}

/**
 * Lets through what counts: the records of a metadata transaction (KIP-868) only once it has ended, and none of one that
 * was aborted.
 */
export class TransactionFilter {
  #held: MetadataRecord[] | undefined;

  /** A transaction was begun that has neither ended nor been aborted. */
  get isOpen(): boolean {
    return this.#held !== undefined;
  }

  *pass(records: Iterable<MetadataRecord>): Generator<MetadataRecord> {
    for (const record of records) {
      switch (record.type) {
        case 'BeginTransactionRecord':
          this.#held = [];
          break;
        case 'EndTransactionRecord':
          yield* this.#held ?? [];
          this.#held = undefined;
          break;
        case 'AbortTransactionRecord':
          this.#held = undefined;
          break;
        default:
          if (this.#held === undefined) yield record;
          else this.#held.push(record);
      }
    }
  }
}
