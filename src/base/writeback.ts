import { readFileSync } from 'node:fs';
import type { Clock } from './clock.ts';

/** How often it is looked at, ms. */
const LOOK_MS = 100;
const BACKGROUND_PART = 0.75;
const FEW_PAGES = 1_000;

/** Whether the system writes to disks what it had kept in memory, or is about to. */
export class Writeback {
  readonly #clock: Pick<Clock, 'elapsed'>;
  readonly #read: () => string;
  #lookedMs = -Infinity;
  #isUnderWay: boolean | undefined;

  /** @param read what the system tells of its memory: Linux's /proc/vmstat by default. Where it throws nothing is known. */
  constructor(clock: Pick<Clock, 'elapsed'>, read = () => readFileSync('/proc/vmstat', 'latin1')) {
    this.#clock = clock;
    this.#read = read;
  }

  /** As it was a tenth of a second ago at most; undefined where the system does not tell. */
  isUnderWay(): boolean | undefined {
    const now = this.#clock.elapsed();
    if (now - this.#lookedMs < LOOK_MS) return this.#isUnderWay;
    this.#lookedMs = now;
    try {
      const told = this.#read();
      const threshold = figure(told, 'nr_dirty_background_threshold');
      const [written, dirty] = [figure(told, 'nr_writeback'), figure(told, 'nr_dirty')];
      const isTold = !Number.isNaN(written + dirty + threshold);
      this.#isUnderWay = isTold ? written > FEW_PAGES || dirty > threshold * BACKGROUND_PART : undefined;
    } catch {
      this.#isUnderWay = undefined;
      this.#lookedMs = Infinity;
    }
    return this.#isUnderWay;
  }
}

/** NaN where it is not told. */
function figure(told: string, name: string): number {
  const at = told.indexOf(`${name} `);
  return at < 0 ? NaN : parseInt(told.slice(at + name.length + 1), 10);
}
