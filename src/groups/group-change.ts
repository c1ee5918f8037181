import type { GroupRecord } from './group-records.ts';
import type { Step } from './step.ts';

/** What a request would do to a group. It takes effect as a whole, or, when the request is refused, not at all. */
export class GroupChange {
  readonly records: GroupRecord[] = [];
  readonly #effects: (() => void)[] = [];

  write(...records: readonly GroupRecord[]): void {
    this.records.push(...records);
  }

  /** What is to happen beside the records: deadlines, answers to those who wait. */
  then(effect: () => void): void {
    this.#effects.push(effect);
  }

  apply(step: Step): void {
    for (const record of this.records) step.records.push(record);
    for (const effect of this.#effects) effect();
  }
}
