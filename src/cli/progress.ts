import { systemClock } from '../base/index.ts';

const REDRAW_MS = 100;
const MIB = 1024 * 1024;

/** A line on stderr that says how far a long work is, where a person looks on; nothing elsewhere. */
export class Progress {
  readonly #what: string;
  readonly #total: number;
  readonly #isShown: boolean;
  #done = 0;
  #drawnAt = -Infinity;

  constructor(what: string, totalBytes: number, isShown = process.stderr.isTTY) {
    this.#what = what;
    this.#total = totalBytes;
    this.#isShown = isShown;
  }

  /** Notes that `bytes` more are done. */
  add(bytes: number): void {
    this.#done += bytes;
    const now = systemClock.elapsed();
    if (!this.#isShown || now - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = now;
    const share = Math.floor((100 * this.#done) / Math.max(this.#total, 1));
    const mib = (bytesOf: number): string => (bytesOf / MIB).toFixed(0);
    process.stderr.write(`\r${this.#what}: ${share}% (${mib(this.#done)} of ${mib(this.#total)} MiB)  `);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#isShown && this.#drawnAt >= 0) process.stderr.write('\r\x1b[K');
  }
}
