import type { Clock, Logger } from '../base/index.ts';

/** So long nobody wonders what a start is doing, ms. */
const SILENCE_MS = 5000;

export interface OpeningProgressOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly path: string;
  /** Logs that were found. */
  readonly total: number;
  /** What is done with each: after a clean stop it is only opened. */
  readonly verb: 'opened' | 'recovered';
}

/** Says now and then how far a start is that takes long. */
export class OpeningProgress {
  readonly #options: OpeningProgressOptions;
  #done = 0;
  #startedMs = 0;
  #toldMs = 0;
  #hasTold = false;

  constructor(options: OpeningProgressOptions) {
    this.#options = options;
    this.#startedMs = this.#toldMs = options.clock.elapsed();
  }

  /** One more log is open. */
  advance(): void {
    const { clock, logger, path, total, verb } = this.#options;
    const done = ++this.#done;
    const now = clock.elapsed();
    const isLast = done === total && this.#hasTold;
    if (!isLast && now - this.#toldMs < SILENCE_MS) return;
    this.#toldMs = now;
    this.#hasTold = true;
    const [count, all] = [done, total].map((number) => number.toLocaleString('en'));
    logger.info(`${verb} ${count} of ${all} logs`, { path, seconds: Math.round((now - this.#startedMs) / 1000) });
  }
}
