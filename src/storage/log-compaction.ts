import { assert } from '../base/index.ts';
import type { CleanableLog } from './cleanable.ts';
import { SUFFIX } from './file-names.ts';
import type { LogConfig } from './log-config.ts';
import type { PartitionLog } from './partition-log.ts';
import type { ProducerSnapshots } from './producer-snapshots.ts';
import type { ProducerEntry } from './producer-state.ts';
import type { SegmentContext } from './segment-context.ts';
import { Segment } from './segment.ts';
import type { AbortedEntry } from './transaction-index.ts';

/** What a log lets its compaction use. */
export interface LogInterior {
  /** Rising; the last is active. */
  readonly segments: Segment[];
  readonly context: SegmentContext;
  readonly snapshots: ProducerSnapshots;
  readonly firstDirtyOffset: number | undefined;
  readonly producer: (producerId: number) => ProducerEntry | undefined;
  readonly aborted: (from: number, to: number) => AbortedEntry[];
  /** Closed, or its disk has failed. */
  readonly isOver: () => boolean;
  /** Takes files away from segments that are part of the log no more. */
  readonly discard: (segments: readonly Segment[]) => void;
}

/** The side of a log that the cleaner sees: its segments, and the one way to put compacted ones in their place. */
export class LogCompaction implements CleanableLog {
  readonly #log: PartitionLog;
  readonly #interior: LogInterior;
  #firstDirtyOffset: number | undefined;
  #cuts = 0;
  /** About to take the place of others, at the next start too. */
  #swap: Segment | undefined;

  constructor(log: PartitionLog, interior: LogInterior) {
    this.#log = log;
    this.#interior = interior;
    this.#firstDirtyOffset = interior.firstDirtyOffset;
  }

  get config(): LogConfig {
    return this.#log.config;
  }

  get segments(): readonly Segment[] {
    return this.#interior.segments;
  }

  get logStartOffset(): number {
    return this.#log.logStartOffset;
  }

  get logEndOffset(): number {
    return this.#log.logEndOffset;
  }

  get highWatermark(): number {
    return this.#log.highWatermark;
  }

  get lastStableOffset(): number {
    return this.#log.lastStableOffset;
  }

  /** Below it the log was compacted; undefined when it never was. For the directory's checkpoint. */
  get firstDirtyOffset(): number | undefined {
    return this.#firstDirtyOffset;
  }

  set firstDirtyOffset(offset: number | undefined) {
    this.#firstDirtyOffset = offset;
  }

  /** Closed, or its disk has failed. */
  get isOver(): boolean {
    return this.#interior.isOver();
  }

  /** How often the log was cut: what began before a cut must not touch what came after it. */
  get cuts(): number {
    return this.#cuts;
  }

  /** The log ends at `offset` now. */
  cutAt(offset: number): void {
    this.#cuts++;
    if (this.#swap !== undefined) this.giveUp(this.#swap);
    if (this.#firstDirtyOffset !== undefined) this.#firstDirtyOffset = Math.min(this.#firstDirtyOffset, offset);
  }

  producer(producerId: number): ProducerEntry | undefined {
    return this.#interior.producer(producerId);
  }

  /** The aborted transactions with records between two offsets, by first offset. */
  aborted(from: number, to: number): AbortedEntry[] {
    return this.#interior.aborted(from, to);
  }

  /** A segment to be filled, whose files a start would remove. */
  createCleaned(baseOffset: number): Segment {
    return Segment.create(this.#interior.context, baseOffset, 0, SUFFIX.cleaned);
  }

  /** Whether these are still segments of the log, one after the other, none of them active. */
  has(segments: readonly Segment[]): boolean {
    const { segments: all } = this.#interior;
    const first = all.indexOf(segments[0] as Segment);
    return first >= 0 && first + segments.length < all.length && segments.every((each, i) => all[first + i] === each);
  }

  /**
   * Puts `cleaned`, which is synced, in the place of the segments that it was made of (Kafka's LocalLog.replaceSegments). A crash
   * at any point leaves either these or that one: once it is called `.swap`, the next start goes on where this ended.
   * @param check throws when it must not be done any more: called after what others may have used
   */
  async replace(cleaned: Segment, replaced: readonly Segment[], check: () => void): Promise<void> {
    const { segments, context, snapshots, discard } = this.#interior;
    cleaned.rename(SUFFIX.swap);
    this.#swap = cleaned;
    // Each step is on the disk before the next: of renames that are not synced any may survive a loss of power.
    await context.entries.syncLater();
    check();
    assert(this.has(replaced), 'segments are replaced that the log has');
    this.#swap = undefined;
    discard(replaced);
    cleaned.rename('');
    segments.splice(segments.indexOf(replaced[0] as Segment), replaced.length, cleaned);
    const gone = new Set(replaced.slice(1).map(({ baseOffset }) => baseOffset));
    snapshots.keep((offset) => !gone.has(offset));
    await context.entries.syncLater();
  }

  /** Gives up a segment that has not taken any other's place. */
  giveUp(cleaned: Segment): void {
    const { entries } = this.#interior.context;
    cleaned.removeFiles();
    if (this.#swap !== cleaned) return;
    this.#swap = undefined;
    entries.sync();
  }
}
