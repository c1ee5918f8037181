import type { Histogram } from '../base/index.ts';

export type Labels = Readonly<Record<string, string>>;

/** One line of the page. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
  /** Where it is not the family's: `_bucket`, `_sum` and `_count` of a histogram. */
  readonly metricName?: string;
}

/** Lines of one name, made when they are asked for. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  samples(): Sample[];
}

type Values = number | undefined | Iterable<readonly [labels: Labels, value: number]>;

function samplesOf(values: Values): Sample[] {
  if (values === undefined) return [];
  if (typeof values === 'number') return [{ labels: {}, value: values }];
  return Array.from(values, ([labels, value]) => ({ labels, value }));
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

function histogramSamples(
  name: string,
  unit: number,
  values: Iterable<readonly [labels: Labels, histogram: Histogram]>,
): Sample[] {
  const samples: Sample[] = [];
  for (const [labels, { bounds, counts, sum }] of values) {
    let below = 0;
    for (const [i, count] of counts.entries()) {
      below += count;
      const bound = bounds[i];
      const le = bound === undefined ? '+Inf' : String(bound / unit);
      samples.push({ labels: { ...labels, le }, value: below, metricName: `${name}_bucket` });
    }
    samples.push({ labels, value: sum / unit, metricName: `${name}_sum` });
    samples.push({ labels, value: below, metricName: `${name}_count` });
  }
  return samples;
}

/** The same family with so many lines at most. `leftOut` is told how many there were beyond. */
export function bounded(family: Family, max: number, leftOut: (count: number) => void): Family {
  return {
    ...family,
    samples() {
      const samples = family.samples();
      leftOut(Math.max(0, samples.length - max));
      return samples.length > max ? samples.slice(0, max) : samples;
    },
  };
}
