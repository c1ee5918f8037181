/** What cannot be has happened: a bug of ours or a lie of the disk, never a client's doing. */
export class InvariantError extends Error {
  override name = 'InvariantError';
}

/** Throws InvariantError unless `condition` holds. `claim` states what should be true. */
export function assert(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new InvariantError(`expected: ${claim}`);
}

/** The end of a switch over a closed set: does not compile while a case is missing. */
export function never(value: never): never {
  throw new InvariantError(`unexpected case: ${JSON.stringify(value)}`);
}
