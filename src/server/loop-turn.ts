import type { Clock } from '../base/index.ts';

/** How long the requests and answers of all connections may keep the event loop before all else has its say, ms. */
const TURN_MS = 6;

/** A turn of the event loop, of which all connections together have a part. */
export class LoopTurn {
  readonly #clock: Pick<Clock, 'endOfTurn'>;
  #beganMs: number | undefined;

  constructor(clock: Pick<Clock, 'endOfTurn'>) {
    this.#clock = clock;
  }

  /**
   * Whether connections had their part of this turn: what is still to do goes on when it has ended.
   * @param nowMs by `Clock.elapsed`
   */
  isOver(nowMs: number): boolean {
    if (this.#beganMs === undefined) {
      this.#beganMs = nowMs;
      this.#clock.endOfTurn(() => (this.#beganMs = undefined));
    }
    return nowMs - this.#beganMs >= TURN_MS;
  }
}
