import type { Histogram } from '../base/index.ts';

export type Labels = Readonly<Record<string, string>>;

/** One line of the page. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
  /** Where it is not the family's: `_bucket`, `_sum` and `_count` of a histogram. */
  readonly metricName?: string;
}

/** Lines of one name, made while they are asked for. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** How many lines are shown at most, and who is told how many there were beyond. */
  readonly limit?: { readonly lines: number; readonly leftOut: (count: number) => void };
  samples(): Iterable<Sample>;
}

type Values = number | undefined | Iterable<readonly [labels: Labels, value: number]>;

function* samplesOf(values: Values): Generator<Sample, void, undefined> {
  if (typeof values === 'number') yield { labels: {}, value: values };
  else if (values !== undefined) for (const [labels, value] of values) yield { labels, value };
}

/** What only rises while the broker runs; `name` ends in `_total`. */
export function counter(name: string, help: string, values: () => Values): Family {
  return { name, help, type: 'counter', samples: () => samplesOf(values()) };
}

export function gauge(name: string, help: string, values: () => Values): Family {
  return { name, help, type: 'gauge', samples: () => samplesOf(values()) };
}

/** @param unit what the histogram's values are divided by: 1,000 for ms that are shown as seconds */
export function histogram(
  name: string,
  help: string,
  unit: number,
  values: () => Iterable<readonly [labels: Labels, histogram: Histogram]>,
): Family {
  return { name, help, type: 'histogram', samples: () => histogramSamples(name, unit, values()) };
}

function* histogramSamples(
  name: string,
  unit: number,
  values: Iterable<readonly [labels: Labels, histogram: Histogram]>,
): Generator<Sample, void, undefined> {
  for (const [labels, { bounds, counts: current, sum }] of values) {
    // Some of them may be shown in a later turn than others, and must add up all the same.
    const counts = current.slice();
    let below = 0;
    for (const [i, count] of counts.entries()) {
      below += count;
      const bound = bounds[i];
      const le = bound === undefined ? '+Inf' : String(bound / unit);
      yield { labels: { ...labels, le }, value: below, metricName: `${name}_bucket` };
    }
    yield { labels, value: sum / unit, metricName: `${name}_sum` };
    yield { labels, value: below, metricName: `${name}_count` };
  }
}
