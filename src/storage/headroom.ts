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
/** Undefined where files grow without waiting for the disk. */
export function headroomSizes(
  fs: Pick<FileSystem, 'isGrowthSlow'>,
  sizes: HeadroomSizes = DEFAULT_SIZES,
): HeadroomSizes | undefined {
  return fs.isGrowthSlow ? sizes : undefined;
}

const SECOND_MS = 1_000;
/** How often it is looked whether zeros are still wanted, ms. */
const LOOK_MS = 30_000;

export interface HeadroomOptions {
  readonly clock: Clock;
  readonly active: Segment;
  readonly sizes: HeadroomSizes;
  readonly config: () => Pick<LogConfig, 'segmentBytes' | 'flushMessages'>;
  /** Zeros have come, or could not. */
  readonly onArrived: () => void;
  readonly onFailed: (error: FileError) => void;
}

/**
 * Zeros behind the batches of a log that grows fast, which its next batches are written over. What makes a file longer may have to
 * wait until the system has found places on the disk for what was written to the same file before, and the event loop would wait
 * with it; the zeros come by the thread pool. Nobody reads them, and a log that is closed has none; after a crash they mark its end.
 */
export class Headroom {
  readonly #options: HeadroomOptions;
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
    this.#active = options.active;
  }

  /** Zeros are on their way: a write to the same file would wait for them. */
  get isComing(): boolean {
    return this.#growing === this.#active;
  }

  /** So many bytes of batches went to the file. */
  wrote(bytes: number): void {
    const now = this.#options.clock.elapsed();
    const { fastBytes } = this.#options.sizes;
    if (now - this.#secondFromMs >= SECOND_MS) {
      this.#wasFast = this.#bytesOfSecond >= fastBytes && now - this.#secondFromMs < 2 * SECOND_MS;
      this.#secondFromMs = now;
      this.#bytesOfSecond = 0;
    }
    this.#bytesOfSecond += bytes;
    this.#bytesSinceLook += bytes;
    if ((this.#wasFast || this.#bytesOfSecond >= fastBytes) && this.#isWanted) void this.#grow();
  }

  get #isWanted(): boolean {
    if (this.isComing || this.#isRefused) return false;
    const { stepBytes } = this.#options.sizes;
    const { segmentBytes, flushMessages } = this.#options.config();
    const { end, room } = this.#active;
    // Where each append is synced the disk would have to take the zeros too. A segment that is full has none to be cut off.
    return (
      room < stepBytes / 2 && end + room + 2 * stepBytes <= segmentBytes && flushMessages >= Number.MAX_SAFE_INTEGER
    );
  }

  async #grow(): Promise<void> {
    const segment = (this.#growing = this.#active);
    let isRefused = false;
    try {
      await segment.growLater(this.#options.sizes.stepBytes);
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

  /** A log that does not grow fast any more gives its zeros back. */
  #lookAgain(): void {
    this.#look = undefined;
    if (this.isComing || this.#bytesSinceLook >= this.#options.sizes.stepBytes) {
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
