import { FileError, type Logger } from '../base/index.ts';
import { ErrorCode } from '../wire/index.ts';
import { CorruptSegmentError } from './corrupt-segment-error.ts';
import type { ReadRefused, ReadRequest } from './log-types.ts';
import { PiecewiseRead } from './piecewise-read.ts';
import {
  isFoundGood,
  planRead,
  prepareToPlan,
  readPlan,
  readPlanLater,
  type ReadPlan,
  type ReadView,
} from './read-plan.ts';

const STORAGE_ERROR: ReadRefused = { kind: 'refused', errorCode: ErrorCode.KAFKA_STORAGE_ERROR };

export interface LogReaderOptions {
  /** What there is to be read now. */
  readonly view: () => ReadView;
  /** How often the log was cut: a plan made before is worth nothing. */
  readonly cuts: () => number;
  /** Closed, or its disk has failed. */
  readonly isOver: () => boolean;
  readonly logger: Logger;
  readonly onFailed: (error: FileError) => void;
}

/** The side of a log that serves readers: plans, and what is planned. */
export class LogReader {
  readonly #options: LogReaderOptions;

  constructor(options: LogReaderOptions) {
    this.#options = options;
  }

  planPreparation(from: number, maxBytes: number): Promise<void> | undefined {
    if (this.#options.isOver()) return undefined;
    const view = this.#options.view();
    // Most read what was written lately: one look tells.
    const active = view.segments.at(-1);
    return active !== undefined && from >= active.baseOffset && active.isAtHand
      ? undefined
      : prepareToPlan(view, from, maxBytes);
  }

  plan(request: ReadRequest): ReadPlan | ReadRefused {
    const { view, isOver, logger, onFailed } = this.#options;
    if (isOver()) return STORAGE_ERROR;
    try {
      return planRead(view(), request);
    } catch (error) {
      if (error instanceof CorruptSegmentError) {
        logger.error('a segment is damaged', { path: error.path, position: error.position, error });
        return { kind: 'refused', errorCode: ErrorCode.CORRUPT_MESSAGE };
      }
      if (!(error instanceof FileError)) throw error;
      onFailed(error);
      return STORAGE_ERROR;
    }
  }

  read(plan: ReadPlan, target: Buffer): Buffer {
    return plan.truncations === this.#options.cuts()
      ? readPlan(plan, this.#options.view(), target)
      : target.subarray(0, 0);
  }

  /** Undefined where what is planned must be looked at as a whole first. */
  readPiecewise(plan: ReadPlan): PiecewiseRead | undefined {
    const { cuts, isOver } = this.#options;
    return isFoundGood(plan) ? new PiecewiseRead(plan, () => !isOver() && plan.truncations === cuts()) : undefined;
  }

  async readLater(plan: ReadPlan, target: Buffer): Promise<Buffer> {
    const isCut = (): boolean => plan.truncations !== this.#options.cuts();
    const bytes = isCut() ? undefined : await readPlanLater(plan, this.#options.view(), target);
    return bytes === undefined || isCut() ? target.subarray(0, 0) : bytes;
  }
}
