import { FileError, type Clock, type FileSystem, type Timer } from '../base/index.ts';
import type { LogConfig } from './log-config.ts';
import type { Segment } from './segment.ts';

export interface HeadroomSizes {
  /** So many zeros are put behind the batches at once. */
  readonly stepBytes: number;
  /** A log that takes so much in a second grows fast. */
  readonly fastBytes: number;
}

const DEFAULT_SIZES: HeadroomSizes = { stepBytes: 1024 * 1024, fastBytes: 1024 * 1024 };

/** The most at once: who writes more than that makes the file longer. */
const MOST_STEPS = 16;

const SECOND_MS = 1_000;
/** How often it is looked whether zeros are still wanted, ms. */
const LOOK_MS = 30_000;

export interface HeadroomOptions {
  readonly clock: Clock;
  readonly active: Segment;
  readonly fs: Pick<FileSystem, 'isWritingBack'>;
  readonly headroom: HeadroomSizes | undefined;
  readonly config: () => Pick<LogConfig, 'segmentBytes' | 'flushMessages'>;
  /** Zeros have come, or could not. */
  readonly onArrived: () => void;
  readonly onFailed: (error: FileError) => void;
}

/**
 * Zeros behind the batches of a log that grows fast, which its next batches are written over. While the system writes to the disk,
 * what makes a file longer may have to wait until it has found places for what was written to the same file before, and the event
 * loop would wait with it; the zeros come by the thread pool. Nobody reads them, and a log that is closed has none; after a crash
 * they mark its end.
 */
export class Headroom {
  readonly #options: HeadroomOptions;
  readonly #sizes: HeadroomSizes;
  #active: Segment;
  /** Of which zeros are on their way. */
  #growing: Segment | undefined;
  /** It could not be made longer: who appends will hear why. */
  #isRefused = false;
  #isStopped = false;
  #secondFromMs = -Infinity;
  #bytesOfSecond = 0;
  #wasFast = false;
  #bytesSinceLook = 0;
  #look: Timer | undefined;

  constructor(options: HeadroomOptions) {
    this.#options = options;
    this.#sizes = options.headroom ?? DEFAULT_SIZES;
    this.#active = options.active;
  }

  /** Whether a write of so many bytes is to wait for zeros: they are on their way, or are sent for now. */
  delays(bytes: number): boolean {
    if (this.#isComing) return true;
    const lack = bytes - this.#active.room;
    if (lack <= 0 || !this.#isFast()) return false;
    return this.#growBy(lack + this.#sizes.stepBytes);
  }

  get #isComing(): boolean {
    return this.#growing === this.#active;
  }

  /** By this second and the one before. */
  #isFast(): boolean {
    const now = this.#options.clock.elapsed();
    const { fastBytes } = this.#sizes;
    if (now - this.#secondFromMs >= SECOND_MS) {
      this.#wasFast = this.#bytesOfSecond >= fastBytes && now - this.#secondFromMs < 2 * SECOND_MS;
      this.#secondFromMs = now;
      this.#bytesOfSecond = 0;
    }
    return this.#wasFast || this.#bytesOfSecond >= fastBytes;
  }

  /** So many bytes of batches went to the file. */
  wrote(bytes: number): void {
    this.#bytesOfSecond += bytes;
    this.#bytesSinceLook += bytes;
    const { stepBytes } = this.#sizes;
    if (this.#isFast() && this.#active.room < stepBytes / 2 && !this.#isComing) this.#growBy(stepBytes);
  }

  /** Sends for zeros, unless they would be of no use. */
  #growBy(bytes: number): boolean {
    if (this.#isRefused || this.#options.fs.isWritingBack() !== true) return false;
    const { stepBytes } = this.#sizes;
    const { segmentBytes, flushMessages } = this.#options.config();
    const { end, room } = this.#active;
    // Where each append is synced the disk would have to take the zeros too. A segment that is full has none to be cut off.
    const isOfUse = flushMessages >= Number.MAX_SAFE_INTEGER && end + room + bytes + stepBytes <= segmentBytes;
    if (isOfUse && bytes <= MOST_STEPS * stepBytes) void this.#grow(bytes);
    return this.#isComing;
  }

  async #grow(bytes: number): Promise<void> {
    const segment = (this.#growing = this.#active);
    let isRefused = false;
    try {
      await segment.growLater(bytes);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      isRefused = true;
    }
    if (this.#growing === segment) this.#growing = undefined;
    if (this.#isStopped || segment !== this.#active) return;
    this.#isRefused = isRefused;
    this.#look ??= this.#options.clock.after(LOOK_MS, () => this.#lookAgain());
    this.#options.onArrived();
  }

  /** A log that does not grow fast any more gives its zeros back, when the disk is at rest. */
  #lookAgain(): void {
    this.#look = undefined;
    // What is being written lies behind the batches that are known to be there.
    const isInUse = this.#isComing || this.#active.file().isBeingWritten();
    // Who cuts a file waits for what the system writes of it.
    if (isInUse || this.#options.fs.isWritingBack() === true || this.#bytesSinceLook >= this.#sizes.stepBytes) {
      this.#bytesSinceLook = 0;
      this.#look = this.#options.clock.after(LOOK_MS, () => this.#lookAgain());
      return;
    }
    try {
      this.#active.trim();
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.#options.onFailed(error);
    }
  }

  /** Goes on behind the batches of another segment. */
  moveTo(active: Segment): void {
    this.#active = active;
    this.#isRefused = false;
  }

  stop(): void {
    this.#isStopped = true;
    this.#look?.cancel();
  }
}
