import type { EpochCheckpoint } from './epoch-checkpoint.ts';
import type { LogWriter } from './log-writer.ts';
import type { Segment } from './segment.ts';

export interface LogFlusherOptions {
  readonly recoveryPoint: number;
  readonly now: number;
  /** Rising; the last is active. */
  readonly segments: readonly Segment[];
  readonly writer: LogWriter;
  readonly logEndOffset: () => number;
  /** Waits for its turn with what nobody waits for. */
  readonly calmly: (sync: () => Promise<void>) => Promise<void>;
  /** What recovery below the recovery point could not make anew. */
  readonly epochs: EpochCheckpoint;
  /** The log was closed, or its disk has failed. */
  readonly isOver: () => boolean;
  readonly onFailed: (error: unknown) => void;
}

/** Syncs a log: rolled segments in the background, everything on demand. Owns the recovery point, below which all is synced. */
export class LogFlusher {
  readonly #options: LogFlusherOptions;
  #recoveryPoint: number;
  /** Rolled, but not synced yet; at the start those that a broker before may not have synced. */
  #rolled: Segment[];
  #syncing: Promise<void> | undefined;
  #syncingCalmly: Promise<void> | undefined;
  /** How often the log was cut: what began before a cut says nothing about the log after it. */
  #cuts = 0;
  #lastFlushMs: number;

  constructor(options: LogFlusherOptions) {
    this.#options = options;
    const { segments, recoveryPoint } = options;
    this.#recoveryPoint = recoveryPoint;
    this.#rolled = segments.filter((_, i) => (segments[i + 1]?.baseOffset ?? -1) > recoveryPoint);
    this.#lastFlushMs = options.now;
  }

  get recoveryPoint(): number {
    return this.#recoveryPoint;
  }

  /** The segment will not grow any more: it is synced soon. */
  rolled(segment: Segment): void {
    this.#rolled.push(segment);
    this.#syncingCalmly ??= this.#syncAllRolled(this.#options.calmly).finally(() => (this.#syncingCalmly = undefined));
  }

  deleted(segments: readonly Segment[]): void {
    this.#rolled = this.#rolled.filter((segment) => !segments.includes(segment));
  }

  /** The log ends at `offset` now, in its active segment. */
  cut(offset: number): void {
    this.#cuts++;
    this.#recoveryPoint = Math.min(this.#recoveryPoint, offset);
    this.deleted(this.#options.segments.slice(-1));
  }

  #advance(offset: number): void {
    if (offset > this.#recoveryPoint) this.#recoveryPoint = offset;
  }

  /** The active segment was synced up to `offset`. @throws FileError */
  synced(offset: number): void {
    if (this.#rolled.length > 0) return;
    this.#options.epochs.write();
    this.#advance(offset);
  }

  /** Syncs the segments that were rolled, in order; the recovery point follows. Failures are reported, not thrown. */
  async syncRolled(): Promise<void> {
    if (this.#rolled.length === 0) return;
    this.#syncing ??= this.#syncAllRolled((sync) => sync()).finally(() => (this.#syncing = undefined));
    await this.#syncing;
  }

  /** The same at once. @throws FileError */
  syncRolledNow(): void {
    for (const segment of this.#rolled.splice(0)) segment.sync();
  }

  async #syncAllRolled(inTurn: LogFlusherOptions['calmly']): Promise<void> {
    const { segments, isOver, epochs, onFailed } = this.#options;
    for (;;) {
      const segment = this.#rolled[0];
      if (segment === undefined || isOver()) return;
      try {
        await inTurn(async () => {
          if (this.#rolled[0] === segment && !isOver()) await segment.syncLater();
        });
        if (isOver()) return;
        if (this.#rolled[0] !== segment) continue;
        await epochs.writeLater();
        if (isOver()) return;
        if (this.#rolled[0] !== segment) continue;
        this.#rolled.shift();
      } catch (error) {
        // A segment that was deleted meanwhile needs no syncing.
        if (this.#rolled[0] !== segment) continue;
        onFailed(error);
        return;
      }
      const next = segments.find(({ baseOffset }) => baseOffset > segment.baseOffset);
      if (next !== undefined) this.#advance(next.baseOffset);
    }
  }

  /** Writes and syncs everything. @throws FileError */
  flush(now: number): void {
    const { writer, logEndOffset, epochs, isOver } = this.#options;
    this.syncRolledNow();
    writer.settle(this.#recoveryPoint < logEndOffset());
    epochs.write();
    if (!isOver()) this.#advance(logEndOffset());
    this.#lastFlushMs = now;
  }

  /** The same without blocking the event loop. What is appended in the meantime is not covered. */
  async flushLater(now: number): Promise<void> {
    const { segments, writer, logEndOffset, epochs, isOver, onFailed } = this.#options;
    writer.write();
    const [active, end, cuts] = [segments.at(-1) as Segment, logEndOffset(), this.#cuts];
    this.#lastFlushMs = now;
    await this.syncRolled();
    try {
      if (!isOver() && active === segments.at(-1)) await active.syncLogLater();
      const isStale = (): boolean => isOver() || cuts !== this.#cuts || active !== segments.at(-1);
      if (isStale()) return;
      await epochs.writeLater();
      if (isStale()) return;
      if (this.#rolled.length === 0) this.#advance(end);
    } catch (error) {
      onFailed(error);
    }
  }

  /** Flushes if `flushMs` have passed since the last time and there is something to flush. */
  flushIfDue(now: number, flushMs: number): void {
    const elapsedMs = now - this.#lastFlushMs;
    if (elapsedMs >= flushMs && this.#recoveryPoint < this.#options.logEndOffset()) void this.flushLater(now);
  }
}
