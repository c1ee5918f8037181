import { figure, type PageFamily } from '../sim/metrics-page.ts';

type Page = ReadonlyMap<string, PageFamily>;

const NAME = 'ottla_event_loop_delay_seconds';

/** How long things had to wait for the broker's event loop, ms: each is the upper bound of the bucket it lies in. */
export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** What happened between two pages. */
export function loopDelay(before: Page, after: Page): LoopDelay {
  const bounds = [...(after.get(NAME)?.samples.keys() ?? [])].flatMap((line) => {
    const le = /_bucket\{le="([^"]+)"\}$/.exec(line)?.[1];
    return le === undefined ? [] : [{ ms: le === '+Inf' ? Infinity : Number(le) * 1000, line }];
  });
  const counts = bounds.map(({ ms, line }) => ({ ms, count: figure(after, line) - figure(before, line) }));
  const total = counts.at(-1)?.count ?? 0;
  const at = (part: number): number => counts.find(({ count }) => total > 0 && count >= total * part)?.ms ?? NaN;
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999), max: at(1) };
}
