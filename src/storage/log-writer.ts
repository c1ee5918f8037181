import type { Clock } from '../base/index.ts';
import type { Segment } from './segment.ts';

/** So much may wait for the end of the turn; more is written at once. */
const MAX_QUEUED_BYTES = 1024 * 1024;

export interface LogWriterOptions {
  readonly clock: Clock;
  readonly logEndOffset: number;
  readonly active: Segment;
  /** `flush.messages` now. */
  readonly flushMessages: () => number;
  /** Syncs what lies before the active segment, if that was not done: nothing is safe behind a gap. */
  readonly syncEarlier: () => Promise<void>;
  /** The same at once. @throws FileError */
  readonly syncEarlierNow: () => void;
  /** All below `endOffset` was synced, because `flush.messages` asked for it. @throws FileError */
  readonly onSynced: (endOffset: number) => void;
  readonly onWritten: (writtenEndOffset: number) => void;
  readonly onFailed: (error: unknown) => void;
}

/**
 * Brings appended batches to the file: all of a turn in one write. What is in the file, and synced where `flush.messages` asks
 * for it, counts as written. Listeners hear of it at the end of a turn, never while someone appends.
 */
export class LogWriter {
  readonly #options: LogWriterOptions;
  #active: Segment;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  /** End of what is queued. */
  #endOffset: number;
  #unsyncedRecords = 0;
  #isScheduled = false;
  #isStopped = false;
  #isSyncing = false;
  /** How often `moveTo` was called: what began before says nothing about the file after it. */
  #moves = 0;
  /** What is in the file of the active segment: batches, and their bytes. */
  #fileEndOffset: number;
  #fileEnd: number;
  /** The part of it that counts as written. */
  #writtenEndOffset: number;
  #writtenEnd: number;
  #announcedEndOffset: number;

  constructor(options: LogWriterOptions) {
    this.#options = options;
    this.#active = options.active;
    this.#endOffset = this.#fileEndOffset = options.logEndOffset;
    this.#writtenEndOffset = this.#announcedEndOffset = options.logEndOffset;
    this.#fileEnd = this.#writtenEnd = options.active.size;
  }

  get writtenEndOffset(): number {
    return this.#writtenEndOffset;
  }

  /** Where what counts as written ends in the active segment. */
  get writtenEnd(): number {
    return this.#writtenEnd;
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  add(bytes: Buffer, endOffset: number, records: number): void {
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    this.#endOffset = endOffset;
    this.#unsyncedRecords += records;
    this.#schedule();
    if (this.#queuedBytes > MAX_QUEUED_BYTES) this.write();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#options.clock.endOfTurn(() => {
      this.#isScheduled = false;
      if (this.#isStopped) return;
      this.write();
      this.#announce();
    });
  }

  /** Writes what is queued now. */
  write(): void {
    if (this.#queue.length === 0 || this.#isStopped) return;
    const [queue, bytes] = [this.#queue, this.#queuedBytes];
    this.#queue = [];
    this.#queuedBytes = 0;
    try {
      this.#active.write(queue, bytes);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#fileEndOffset = this.#endOffset;
    this.#fileEnd += bytes;
    if (this.#isSyncing) return;
    if (this.#unsyncedRecords >= this.#options.flushMessages()) void this.#syncLater();
    else this.#settle();
  }

  /** All that is in the file counts as written. */
  #settle(): void {
    this.#writtenEndOffset = this.#fileEndOffset;
    this.#writtenEnd = this.#fileEnd;
  }

  async #syncLater(): Promise<void> {
    this.#isSyncing = true;
    const [moves, active, endOffset, end] = [this.#moves, this.#active, this.#fileEndOffset, this.#fileEnd];
    this.#unsyncedRecords = 0;
    // A roll or a truncation in the meantime settles what was written before, and the segment may be gone.
    const isMoved = (): boolean => this.#isStopped || moves !== this.#moves;
    try {
      await this.#options.syncEarlier();
      if (!isMoved()) await active.syncLogLater();
      if (!isMoved()) {
        this.#options.onSynced(endOffset);
        if (endOffset > this.#writtenEndOffset) {
          this.#writtenEndOffset = endOffset;
          this.#writtenEnd = end;
        }
      }
    } catch (error) {
      if (!isMoved()) this.#fail(error);
    } finally {
      this.#isSyncing = false;
    }
    if (this.#isStopped) return;
    if (this.#writtenEndOffset < this.#fileEndOffset) {
      if (this.#unsyncedRecords >= this.#options.flushMessages()) void this.#syncLater();
      else this.#settle();
    }
    this.#announce();
  }

  /** Writes and, if asked to or if `flush.messages` wants it, syncs: afterwards everything counts as written. */
  settle(sync: boolean): void {
    this.write();
    if (this.#isStopped) return;
    if (
      sync ||
      (this.#writtenEndOffset < this.#fileEndOffset && this.#options.flushMessages() < Number.MAX_SAFE_INTEGER)
    ) {
      this.#options.syncEarlierNow();
      this.#active.syncLog();
      this.#unsyncedRecords = 0;
    }
    this.#settle();
    if (this.#announcedEndOffset !== this.#writtenEndOffset) this.#schedule();
  }

  /** Goes on at the end of `active`, after `settle` or a truncation. */
  moveTo(active: Segment, endOffset: number): void {
    this.#moves++;
    this.#active = active;
    this.#endOffset = this.#fileEndOffset = this.#writtenEndOffset = endOffset;
    this.#fileEnd = this.#writtenEnd = active.size;
    if (this.#announcedEndOffset > endOffset) this.#announcedEndOffset = endOffset;
  }

  #announce(): void {
    if (this.#announcedEndOffset >= this.#writtenEndOffset) return;
    this.#announcedEndOffset = this.#writtenEndOffset;
    this.#options.onWritten(this.#writtenEndOffset);
  }

  /** Tells of what is written and does nothing any more. */
  close(): void {
    this.#announce();
    this.stop();
  }

  /** Forgets what is queued. */
  stop(): void {
    this.#isStopped = true;
    this.#queue = [];
    this.#queuedBytes = 0;
  }

  #fail(error: unknown): void {
    this.stop();
    this.#options.onFailed(error);
  }
}
