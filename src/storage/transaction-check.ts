import type { RecordBatch } from '../wire/records/index.ts';
import type { TransactionIndex } from './transaction-index.ts';

/**
 * Whether an index of aborted transactions, which has no checksum, agrees with the batches that it names: markers, first batches,
 * and the first batch of what is open. What compaction has taken, or lies in other segments, is believed.
 * @param headerAt the first batch of the segment that ends at an offset or beyond it
 */
export function agreesWithLog(index: TransactionIndex, headerAt: (offset: number) => RecordBatch | undefined): boolean {
  for (let i = 0; i < index.count; i++) {
    const { producerId, firstOffset, lastOffset, lastStableOffset } = index.at(i);
    const isMarker = (batch: RecordBatch): boolean => batch.isControl && batch.producerId === producerId;
    const isFirst = (batch: RecordBatch): boolean =>
      batch.baseOffset === firstOffset && batch.producerId === producerId && !batch.isControl;
    const isOpen = (batch: RecordBatch): boolean => batch.baseOffset === lastStableOffset && batch.isTransactional;
    if (!isTrueOf(headerAt, lastOffset, isMarker) || !isTrueOf(headerAt, firstOffset, isFirst)) return false;
    if (lastStableOffset <= lastOffset && !isTrueOf(headerAt, lastStableOffset, isOpen)) return false;
  }
  return true;
}

function isTrueOf(
  headerAt: (offset: number) => RecordBatch | undefined,
  offset: number,
  isTrue: (batch: RecordBatch) => boolean,
): boolean {
  const batch = headerAt(offset);
  return batch === undefined || batch.baseOffset > offset || isTrue(batch);
}
