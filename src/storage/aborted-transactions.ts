import type { AbortedTransaction } from './log-types.ts';
import { floorSegment } from './read-plan.ts';
import { CorruptSegmentError, type Segment } from './segment.ts';
import type { TransactionIndex } from './transaction-index.ts';

/**
 * The aborted transactions with records between two offsets, by first offset. A segment's index tells of those whose markers lie
 * there, so the search goes on until no open transaction of the range is left.
 * @param rebuild makes the index of segment number `index` anew when it cannot be right
 */
export function findAborted(
  segments: readonly Segment[],
  from: number,
  to: number,
  rebuild: (index: number) => void,
): AbortedTransaction[] {
  const found: AbortedTransaction[] = [];
  search: for (let index = floorSegment(segments, from); index < segments.length; index++) {
    const transactions = transactionsOf(segments[index] as Segment, () => rebuild(index));
    for (let i = 0; i < transactions.count; i++) {
      const { producerId, firstOffset, lastOffset, lastStableOffset } = transactions.at(i);
      if (lastOffset >= from && firstOffset < to) found.push({ producerId, firstOffset });
      if (lastStableOffset >= to) break search;
    }
  }
  return found.sort((a, b) => a.firstOffset - b.firstOffset);
}

function transactionsOf(segment: Segment, rebuild: () => void): TransactionIndex {
  try {
    return segment.transactions();
  } catch (error) {
    if (!(error instanceof CorruptSegmentError)) throw error;
    rebuild();
    return segment.transactions();
  }
}
