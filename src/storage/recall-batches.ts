import type { BatchMetadata, ProducerEntry, ProducerStates } from './producer-state.ts';
import { REMEMBERED_BATCHES } from './producer-state.ts';
import type { Segment } from './segment.ts';

/** How much of the end of the log is looked through: one read. */
const TAIL_BYTES = 256 * 1024;

/**
 * A snapshot tells the last batch of each producer alone. The batches before it may be sent again too, by a producer whose
 * answers were lost when the broker stopped: they are taken from the end of the active segment, as far as they lie there.
 */
export function recallBatches(producers: ProducerStates, active: Segment): void {
  const sought = new Map<number, ProducerEntry>();
  for (const entry of producers.entries()) {
    const last = entry.batches.at(-1);
    if (last !== undefined && last.lastOffset >= active.baseOffset) sought.set(entry.producerId, entry);
  }
  if (sought.size === 0) return;
  const found = new Map<ProducerEntry, BatchMetadata[]>();
  const from = active.boundaryAtMost(Math.max(0, active.size - TAIL_BYTES), 0, active.size).position;
  const scan = active.scan(from, active.size);
  for (let batch = scan.next(); batch !== undefined; batch = scan.next()) {
    const entry = sought.get(batch.producerId);
    if (entry === undefined || batch.isControl || batch.producerEpoch !== entry.producerEpoch) continue;
    const batches = found.get(entry) ?? [];
    found.set(entry, batches);
    batches.push({
      lastSequence: batch.lastSequence,
      lastOffset: batch.lastOffset,
      offsetDelta: batch.lastOffsetDelta,
      timestampMs: batch.maxTimestamp,
    });
  }
  for (const [entry, batches] of found) {
    const isLast = ({ lastOffset }: BatchMetadata): boolean => lastOffset === entry.batches.at(-1)?.lastOffset;
    const end = batches.findLastIndex(isLast);
    const earlier = batches.slice(Math.max(0, end + 1 - REMEMBERED_BATCHES), Math.max(0, end));
    entry.batches.unshift(...earlier);
  }
}
