import { Headroom, type HeadroomOptions } from './headroom.ts';
import type { Segment } from './segment.ts';
import type { WritePace } from './write-pace.ts';
import { LARGEST_WRITE_BYTES, type CopyParts } from './write-places.ts';

/** So much may wait for the end of the turn; more is written at once. */
const MAX_QUEUED_BYTES = 1024 * 1024;

/** Of what lies before what is written. */
interface Flusher {
  /** Syncs what lies before the active segment, if that was not done: nothing is safe behind a gap. */
  syncRolled(): Promise<void>;
  /** The same at once. @throws FileError */
  syncRolledNow(): void;
  /** All below `endOffset` was synced, because `flush.messages` asked for it. @throws FileError */
  synced(endOffset: number): void;
}

export interface LogWriterOptions extends Omit<HeadroomOptions, 'onArrived'> {
  readonly logEndOffset: number;
  readonly pace: WritePace;
  /** Of the same log. */
  readonly flusher: () => Flusher;
  readonly onWritten: (writtenEndOffset: number) => void;
  readonly onFailed: (error: unknown) => void;
}

/** Bytes of batches that were appended together. */
interface Queued {
  readonly part: Buffer;
  readonly records: number;
  readonly endOffset: number;
}

/** Batches that go to the file together. */
interface Portion {
  readonly parts: readonly Buffer[];
  readonly bytes: number;
  readonly records: number;
  readonly endOffset: number;
}

/**
 * Brings appended batches to the file: all of a turn in one write, or by the thread pool all that came while the write before
 * was under way. What is in the file, and synced where `flush.messages` asks for it, counts as written. Listeners hear of it at
 * the end of a turn, never while someone appends.
 */
export class LogWriter {
  readonly #options: LogWriterOptions;
  readonly #headroom: Headroom;
  #active: Segment;
  #queue: Queued[] = [];
  #queuedBytes = 0;
  /** A write by the thread pool waits for its turn. */
  #isInLine = false;
  /** What the thread pool writes: copies of it, for the memory of batches is used again as soon as they count as written. */
  #onItsWay: Portion | undefined;
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
    this.#headroom = new Headroom({ ...options, onArrived: () => this.#goOn() });
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
    this.#queue.push({ part: bytes, records, endOffset });
    this.#queuedBytes += bytes.length;
    this.#options.pace.queuedBytes += bytes.length;
    this.#endOffset = endOffset;
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

  /** Writes what is queued: now, or, where the event loop might have to wait, by the thread pool or behind what that does. */
  write(): void {
    if (this.#queue.length === 0 || this.#isStopped) return;
    const { pace } = this.#options;
    if (!pace.isFull && this.#headroom.delays(this.#queuedBytes)) return;
    if (!pace.isLater(this.#queuedBytes)) this.writeNow();
    else if (!this.#isInLine && this.#onItsWay === undefined) void this.#writeLater();
  }

  /** What was queued first: all of it, or as much as makes `mostBytes`, or one part where that is more. */
  #take(mostBytes = Infinity): Portion {
    const parts: Buffer[] = [];
    let [bytes, records, endOffset] = [0, 0, this.#endOffset];
    for (const queued of this.#queue) {
      if (bytes > 0 && bytes + queued.part.length > mostBytes) break;
      parts.push(queued.part);
      bytes += queued.part.length;
      records += queued.records;
      endOffset = queued.endOffset;
    }
    this.#queue = this.#queue.slice(parts.length);
    this.#queuedBytes -= bytes;
    this.#options.pace.queuedBytes -= bytes;
    return { parts, bytes, records, endOffset };
  }

  /** Writes what is queued, and what is on its way as well: that it arrives once more changes nothing. */
  writeNow(): void {
    const onItsWay = this.#onItsWay;
    const queued = this.#take();
    const portion: Portion =
      onItsWay === undefined
        ? queued
        : {
            parts: [...onItsWay.parts, ...queued.parts],
            bytes: onItsWay.bytes + queued.bytes,
            records: onItsWay.records + queued.records,
            endOffset: queued.endOffset,
          };
    this.#onItsWay = undefined;
    if (portion.bytes === 0) return;
    try {
      this.#options.pace.measure(portion.bytes, () => this.#active.write(portion.parts, portion.bytes));
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#wrote(portion);
  }

  async #writeLater(): Promise<void> {
    this.#isInLine = true;
    await this.#options.pace.inTurn((copy) => {
      this.#isInLine = false;
      return this.#queue.length === 0 ? undefined : this.#send(copy);
    });
    this.#goOn();
  }

  #goOn(): void {
    if (this.#isStopped) return;
    this.write();
    // The disk may be quick again: then that was at once.
    this.#announce();
  }

  async #send(copy: CopyParts): Promise<void> {
    const portion = (this.#onItsWay = this.#take(LARGEST_WRITE_BYTES));
    try {
      for (let done = 0; done < portion.bytes; done += LARGEST_WRITE_BYTES) {
        const bytes = Math.min(portion.bytes - done, LARGEST_WRITE_BYTES);
        await this.#active.writeLater(copy(bytesAt(portion, done, bytes), bytes), done);
        // It may have been overtaken.
        if (this.#onItsWay !== portion) return;
      }
    } catch (error) {
      if (!this.#isStopped) this.#fail(error);
      return;
    }
    this.#onItsWay = undefined;
    this.#active.wrote(portion.bytes);
    this.#wrote(portion);
    this.#announce();
  }

  #wrote({ bytes, records, endOffset }: Portion): void {
    this.#fileEndOffset = endOffset;
    this.#fileEnd += bytes;
    this.#unsyncedRecords += records;
    this.#headroom.wrote(bytes);
    if (this.#isSyncing) return;
    if (this.#unsyncedRecords >= this.#options.config().flushMessages) void this.#syncLater();
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
      await this.#options.flusher().syncRolled();
      if (!isMoved()) await active.syncLogLater();
      if (!isMoved()) {
        this.#options.flusher().synced(endOffset);
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
      if (this.#unsyncedRecords >= this.#options.config().flushMessages) void this.#syncLater();
      else this.#settle();
    }
    this.#announce();
  }

  /** Writes and, if asked to or if `flush.messages` wants it, syncs: afterwards everything counts as written. */
  settle(sync: boolean): void {
    if (!this.#isStopped) this.writeNow();
    if (this.#isStopped) return;
    if (
      sync ||
      (this.#writtenEndOffset < this.#fileEndOffset && this.#options.config().flushMessages < Number.MAX_SAFE_INTEGER)
    ) {
      this.#options.flusher().syncRolledNow();
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
    this.#headroom.moveTo(active);
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
    this.#headroom.stop();
    this.#onItsWay = undefined;
    this.#take();
  }

  #fail(error: unknown): void {
    this.stop();
    this.#options.onFailed(error);
  }
}

/** Only one part alone is more than one write takes. */
function bytesAt({ parts, bytes }: Portion, from: number, count: number): readonly Buffer[] {
  return bytes === count ? parts : parts.map((part) => part.subarray(from, from + count));
}
