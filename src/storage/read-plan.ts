/** What a read would return, settled without reading the records: hand it to `log.read` or `log.readLater`. */
export interface ReadPlan {
  readonly kind: 'plan';
  /** 0 when nothing between `from` and `upTo` is there to be read. */
  readonly sizeInBytes: number;
  /** Exclusive: no record of the plan lies at or beyond it. For `abortedTransactions(from, plan.endOffset)`. */
  readonly endOffset: number;
}
