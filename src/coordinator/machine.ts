/**
 * A coordinator is a value and two functions.
 *
 * `handle` looks and decides: it may not touch the hard state, and everything it wants done comes
 * back as data. `replay` is the only way the hard state changes, whether the record was decided a
 * moment ago or read from the log after a restart. Soft state (who waits, who was last seen when)
 * belongs to the leader alone and dies with it.
 */
export interface Machine<Hard, Soft, Request, Reply, Rec> {
  readonly hard: () => Hard;
  /** A new leader's fresh soft state, over the hard state as the log left it. */
  readonly soft: (hard: Reading<Hard>, now: number) => Soft;
  /** Decides. `now` is wall-clock time, ms. */
  handle(hard: Reading<Hard>, soft: Soft, input: Input<Request>, now: number): Outcome<Reply, Rec, Request>;
  replay(hard: Hard, record: Rec, at: LogPosition): void;
}

/** Where in the log a record stands. */
export interface LogPosition {
  readonly offset: number;
}

/** A request carries a ticket; answering it is naming the ticket, now or at a later input. */
export type Ticket = number;
export type Input<Request> =
  { readonly kind: 'request'; readonly ticket: Ticket; readonly request: Request } | { readonly kind: 'tick' };

export interface Outcome<Reply, Rec, Request = never> {
  readonly records?: readonly Rec[];
  readonly replies?: readonly (readonly [Ticket, Reply])[];
  /** When to be ticked next (wall-clock ms), if nothing happens before; replaces what was said earlier. Absent: unchanged. */
  readonly wakeAt?: number;
  /** What is left of a long decision: handled in a later turn of the event loop, when others may have been. */
  readonly rest?: Input<Request>;
  /** Nobody else is heard before the rest. */
  readonly restComesNext?: boolean;
}

/** The same value, with every way to change it removed. */
export type Reading<T> = T extends Buffer
  ? T
  : T extends ReadonlyMap<infer K, infer V>
    ? ReadonlyMap<K, Reading<V>>
    : T extends ReadonlySet<infer V>
      ? ReadonlySet<V>
      : T extends object
        ? { readonly [K in keyof T]: Reading<T[K]> }
        : T;
