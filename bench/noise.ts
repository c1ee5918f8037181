import { median } from './slope.ts';

/** One figure of one workload, by system, a value per round. */
export interface Measured {
  readonly workload: string;
  readonly metric: string;
  readonly values: Readonly<Record<string, readonly number[]>>;
}

export interface Table {
  readonly date: string;
  readonly node: string;
  readonly cores: number;
  readonly rounds: number;
  /** Of the machine, before and after: over its number of cores the figures are worth little. */
  readonly load: readonly number[];
  readonly results: readonly Measured[];
}

export interface Worse {
  readonly workload: string;
  readonly metric: string;
  /** Ratios of ours to the reference. */
  readonly then: number;
  readonly now: number;
  /** By what part it became worse, and what part of that is noise. */
  readonly loss: number;
  readonly noise: number;
}

/** Runs of the same code differ by that much at least. */
const LEAST_NOISE = 0.1;

const isBetterHigher = (metric: string): boolean => metric.endsWith('/s');

/**
 * What became worse beyond the noise, the worst first. Ratios to the reference in the same round are compared, so that the two
 * tables may come from different machines; the noise is how far the ratios of the rounds lie apart, in both tables.
 */
export function worse(
  before: readonly Measured[],
  after: readonly Measured[],
  names: { readonly ours: string; readonly reference: string },
): Worse[] {
  const found: Worse[] = [];
  for (const { workload, metric, values } of after) {
    const earlier = before.find((each) => each.workload === workload && each.metric === metric);
    const [nowRatios, thenRatios] = [ratios(values, names), ratios(earlier?.values ?? {}, names)];
    if (nowRatios.length === 0 || thenRatios.length === 0) continue;
    const [now, then] = [median(nowRatios), median(thenRatios)];
    const loss = isBetterHigher(metric) ? then / now - 1 : now / then - 1;
    const noise = Math.max(LEAST_NOISE, spread(nowRatios), spread(thenRatios));
    if (loss > noise) found.push({ workload, metric, then, now, loss, noise });
  }
  return found.sort((one, other) => other.loss - one.loss);
}

function ratios(
  values: Measured['values'],
  { ours, reference }: { readonly ours: string; readonly reference: string },
): number[] {
  const beside = values[reference] ?? [];
  return (values[ours] ?? []).flatMap((value, round) => {
    const ratio = value / (beside[round] ?? NaN);
    return Number.isFinite(ratio) && ratio > 0 ? [ratio] : [];
  });
}

/** How far values lie apart, as a part of their median. */
const spread = (values: readonly number[]): number => (Math.max(...values) - Math.min(...values)) / median(values);
