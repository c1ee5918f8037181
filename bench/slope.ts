/** Whether a figure grows over time. */
export interface Trend {
  readonly median: number;
  /** By how much it grew over the whole time, as the median of all slopes says (Theil and Sen): outliers don't count. */
  readonly growth: number;
}

/** @param points by time, in any unit; rising */
export function trend(points: readonly (readonly [at: number, value: number])[]): Trend {
  const slopes: number[] = [];
  for (let i = 0; i < points.length; i++) {
    const [from, before] = points[i] as readonly [number, number];
    for (let j = i + 1; j < points.length; j++) {
      const [to, after] = points[j] as readonly [number, number];
      if (to > from) slopes.push((after - before) / (to - from));
    }
  }
  const span = (points.at(-1)?.[0] ?? 0) - (points[0]?.[0] ?? 0);
  return { median: median(points.map(([, value]) => value)), growth: median(slopes) * span };
}

/** The middle value, or the mean of the two in the middle. NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [lower, upper] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return ((lower ?? NaN) + (upper ?? NaN)) / 2;
}

/** NaN of nothing. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}
