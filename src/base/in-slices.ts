import type { Clock } from './clock.ts';

/** How long a slice keeps the event loop, ms. */
const SLICE_MS = 4;

/** Goes through `steps`. Where that takes long it goes on after everybody else has had their turn, and the promise tells of its end. */
export function inSlices(clock: Clock, steps: Iterator<void>): Promise<void> | undefined {
  /** Returns whether it was the last. */
  const slice = (): boolean => {
    const end = clock.elapsed() + SLICE_MS;
    do if (steps.next().done === true) return true;
    while (clock.elapsed() < end);
    return false;
  };
  const rest = async (): Promise<void> => {
    do await new Promise<void>((goOn) => clock.endOfTurn(goOn));
    while (!slice());
  };
  return slice() ? undefined : rest();
}

/** What `map` makes of each, in order; later, in slices, where there are many. */
export function mapInSlices<T, R>(clock: Clock, items: Iterable<T>, map: (item: T) => R): R[] | Promise<R[]> {
  const mapped: R[] = [];
  function* steps(): Generator<void, void, undefined> {
    for (const item of items) {
      mapped.push(map(item));
      yield;
    }
  }
  return inSlices(clock, steps())?.then(() => mapped) ?? mapped;
}
