/** How a cost grows with a number: measured at some numbers, each a row of figures by the heads of their columns. */
export interface Curve {
  /** On the command line, and in the name of its drawing. */
  readonly name: string;
  readonly title: string;
  /** What the number counts. */
  readonly axis: string;
  /** Where it is measured unless told otherwise, rising. */
  readonly at: readonly number[];
  /** What is drawn: columns of one unit. */
  readonly panels: readonly { readonly title: string; readonly unit: string; readonly columns: readonly string[] }[];
  /** Yields the figures of each number in turn. */
  measure(numbers: readonly number[]): AsyncIterable<Figures>;
}

export type Figures = Readonly<Record<string, number>>;

/** A curve whose points have nothing to do with each other. */
export function pointwise(measure: (at: number) => Promise<Figures>): Curve['measure'] {
  return async function* (numbers) {
    for (const at of numbers) yield await measure(at);
  };
}

/** ms */
export async function took(work: () => Promise<unknown>): Promise<number> {
  const begunMs = performance.now();
  await work();
  return performance.now() - begunMs;
}
