import { FileError, type Clock, type Logger } from '../base/index.ts';

/** Whether the disk under a log has failed, and who wants to know. It fails once and for good. */
export class DiskFailure {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #directory: string;
  readonly #atOnce: () => void;
  readonly #listeners: ((error: Error) => void)[] = [];
  #hasFailed = false;
  #isClosed = false;

  /** @param atOnce is called before anything else happens: nothing more may be written */
  constructor(clock: Clock, logger: Logger, directory: string, atOnce: () => void) {
    this.#clock = clock;
    this.#logger = logger;
    this.#directory = directory;
    this.#atOnce = atOnce;
  }

  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  listen(listener: (error: Error) => void): void {
    this.#listeners.push(listener);
  }

  report(error: unknown): void {
    if (this.#hasFailed || this.#isClosed) return;
    const cause = error instanceof Error ? error : new Error(String(error));
    this.#logger.error('a log goes offline', { directory: this.#directory, error: cause });
    this.fail(cause);
  }

  /**
   * The same for what was reported elsewhere. Listeners hear of it at the end of the turn, when whoever appended in it waits for
   * the outcome.
   */
  fail(cause: Error): void {
    if (this.#hasFailed || this.#isClosed) return;
    this.#hasFailed = true;
    this.#atOnce();
    this.#clock.endOfTurn(() => {
      for (const listener of this.#listeners) listener(cause);
    });
  }

  /** The log was closed: what was under way may find its files gone, which says nothing of the disk. */
  close(): void {
    this.#isClosed = true;
  }

  /** Runs what touches the disk; a FileError is reported and undefined returned. */
  attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.report(error);
      return undefined;
    }
  }
}
