import { CorruptSegmentError } from './corrupt-segment-error.ts';
import { floorSegment } from './read-plan.ts';
import type { Segment } from './segment.ts';
import type { AbortedEntry, TransactionIndex } from './transaction-index.ts';

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
): AbortedEntry[] {
  const found: AbortedEntry[] = [];
  search: for (let index = floorSegment(segments, from); index < segments.length; index++) {
    const segment = segments[index] as Segment;
    if (!segment.mayHaveTransactions) continue;
    const transactions = transactionsOf(segment, () => rebuild(index));
    for (let i = 0; i < transactions.count; i++) {
      const entry = transactions.at(i);
      if (entry.lastOffset >= from && entry.firstOffset < to) found.push(entry);
      if (entry.lastStableOffset >= to) break search;
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
