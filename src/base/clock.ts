/** A pending call that can be called off. Cancelling twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void;
}

/** The only door to time. All durations are milliseconds. */
export interface Clock {
  /** Wall-clock time, ms since the epoch; may jump when the machine's clock is set. */
  now(): number;
  /** Milliseconds since some fixed moment; never goes back. For durations and deadlines within a process. */
  elapsed(): number;
  /** Calls `then` once, after at least `delayMs`. Does not keep the process alive. */
  after(delayMs: number, then: () => void): Timer;
  /** Calls `then` once everything that had already arrived in this turn of the event loop is handled. */
  endOfTurn(then: () => void): void;
}

/** The longest delay that Node's timers take; longer ones fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * Calls what waits for the end of a turn in one go, in order: what they resolve and write goes on when all have run. Of Node's own
 * immediates each has its say first, and answers that could leave together leave one by one.
 * @param schedule calls what it is given at the end of the turn
 */
export function inOneGo(schedule: (run: () => void) => void): (then: () => void) => void {
  let waiting: (() => void)[] = [];
  const wait = (then: () => void): void => {
    if (waiting.push(then) === 1) schedule(run);
  };
  const run = (): void => {
    const due = waiting;
    waiting = [];
    let begun = 0;
    try {
      for (const then of due) {
        begun++;
        then();
      }
    } finally {
      // One that throws keeps nobody from theirs.
      due.slice(begun).forEach(wait);
    }
  };
  return wait;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(delayMs, then) {
    const timeout = setTimeout(then, Math.min(Math.max(delayMs, 0), MAX_DELAY_MS));
    timeout.unref();
    // Of a timer that does not keep the process alive Node leaves the list of its delay behind until that is over: a leak, where a
    // delay of days is set anew with every request.
    return { cancel: () => clearTimeout(timeout.ref()) };
  },
  endOfTurn: inOneGo(setImmediate),
};

interface Due {
  readonly at: number;
  readonly sequence: number;
  readonly then: () => void;
}

/** A clock that is told what time it is: `advance` fires whatever falls due, in order, and nothing sleeps. */
export class SimulatedClock implements Clock {
  readonly #startMs: number;
  #elapsedMs = 0;
  #sequence = 0;
  #due: Due[] = [];
  readonly #endOfTurn: (then: () => void) => void;

  /**
   * @param startMs wall-clock time at the start, ms since the epoch
   * @param endOfTurn when the end of a turn comes: after the running job by default (a microtask)
   */
  constructor(startMs = 1_700_000_000_000, endOfTurn: (then: () => void) => void = queueMicrotask) {
    this.#startMs = startMs;
    this.#endOfTurn = endOfTurn;
  }

  now(): number {
    return this.#startMs + this.#elapsedMs;
  }

  elapsed(): number {
    return this.#elapsedMs;
  }

  after(delayMs: number, then: () => void): Timer {
    const due: Due = { at: this.#elapsedMs + Math.max(delayMs, 0), sequence: this.#sequence++, then };
    this.#due.push(due);
    return { cancel: () => void (this.#due = this.#due.filter((other) => other !== due)) };
  }

  endOfTurn(then: () => void): void {
    this.#endOfTurn(then);
  }

  /** Moves time forward by `ms`, firing timers at their own moment, those they set included. */
  advance(ms: number): void {
    const end = this.#elapsedMs + ms;
    for (;;) {
      let next: Due | undefined;
      for (const due of this.#due) {
        if (
          due.at <= end &&
          (next === undefined || due.at < next.at || (due.at === next.at && due.sequence < next.sequence))
        )
          next = due;
      }
      if (next === undefined) break;
      const { at, then } = next;
      this.#due = this.#due.filter((other) => other !== next);
      this.#elapsedMs = Math.max(this.#elapsedMs, at);
      then();
    }
    this.#elapsedMs = end;
  }

  /** Milliseconds until the next timer, or undefined when none is set. */
  untilNext(): number | undefined {
    if (this.#due.length === 0) return undefined;
    return Math.max(0, Math.min(...this.#due.map((due) => due.at)) - this.#elapsedMs);
  }
}
