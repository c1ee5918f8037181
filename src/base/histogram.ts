/** How many values there were of each size, for figures that are looked at now and then: one addition for each, no allocation. */
export class Histogram {
  /** Upper bounds, rising; a value that equals one lies below it. */
  readonly bounds: readonly number[];
  /** One for each bound, and one for what lies above all of them. */
  readonly counts: Float64Array;
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  get sum(): number {
    return this.#sum;
  }

  add(value: number): void {
    const { bounds, counts } = this;
    let at = 0;
    while (at < bounds.length && value > (bounds[at] as number)) at++;
    counts[at] = (counts[at] as number) + 1;
    this.#sum += value;
  }
}
