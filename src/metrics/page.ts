import type { Clock } from '../base/index.ts';
import { counter, gauge, type Family, type Sample } from './family.ts';

/** What is shown, in the text format of Prometheus. */
export interface MetricsPage {
  readonly contentType: string;
  /** Makes the page, a metric per turn of the event loop. Who asks while one is being made gets that one. */
  render(): Promise<string>;
}

/** How many lines are made in one turn of the event loop. */
const LINES_A_TURN = 250;

/** How many lines that are not shown are counted in one turn. */
const COUNTED_A_TURN = 2_000;

/** What prom-client asks of a metric when a page is made: its values, of which there are as many as fit into a turn. */
class PublishedFamily {
  readonly family: Family;
  readonly name: string;
  lines: readonly Sample[] = [];

  constructor(family: Family) {
    this.family = family;
    this.name = family.name;
  }

  get(): Promise<unknown> {
    const { name, help, type } = this.family;
    return Promise.resolve({ name, help, type, aggregator: 'sum', values: this.lines });
  }
}

/**
 * A page of these families and of the process. Loads prom-client, which costs time and memory: to be called on the first scrape.
 * @param prepare what is to be gathered before a page is made
 */
export async function metricsPage(
  families: readonly Family[],
  { clock, prepare }: { readonly clock: Clock; readonly prepare: () => Promise<void> },
): Promise<MetricsPage> {
  const { Registry, collectDefaultMetrics } = await import('prom-client');
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 60_000 });
  // Windows that begin anew with each scrape, and a timer of its own: `ottla_event_loop_delay_seconds` says it for any number of scrapers.
  for (const { name } of registry.getMetricsAsArray())
    if (name.startsWith('nodejs_eventloop_lag')) registry.removeSingleMetric(name);
  let renderings = 0;
  let longestSliceMs = 0;
  const own: Family[] = [
    ...families,
    counter('ottla_metrics_scrapes_total', 'Pages of metrics that were made.', () => renderings),
    gauge(
      'ottla_metrics_longest_slice_seconds',
      'Longest stretch of making a page without a pause.',
      () => longestSliceMs / 1_000,
    ),
  ];
  const published = own.map((family) => new PublishedFamily(family));
  // Its types know its own classes only.
  for (const each of published)
    registry.registerMetric(each as unknown as Parameters<typeof registry.registerMetric>[0]);
  const turn = (): Promise<void> => new Promise((done) => clock.endOfTurn(done));
  const slice = async (work: () => Promise<string>): Promise<string> => {
    const startedMs = clock.elapsed();
    const text = await work();
    longestSliceMs = Math.max(longestSliceMs, clock.elapsed() - startedMs);
    await turn();
    return text;
  };
  const renderFamily = async (each: PublishedFamily): Promise<string> => {
    const { limit } = each.family;
    const samples = each.family.samples()[Symbol.iterator]();
    let text = '';
    let room = limit?.lines ?? Infinity;
    for (;;) {
      const more = await slice(async () => {
        each.lines = take(samples, Math.min(LINES_A_TURN, room));
        if (each.lines.length === 0) return '';
        const lines = await registry.getSingleMetricAsString(each.name);
        // Help and type are said once.
        return text === '' ? lines : lines.slice(lines.indexOf('\n', lines.indexOf('\n') + 1));
      });
      if (more === '') break;
      text += more;
      room -= each.lines.length;
    }
    each.lines = [];
    let leftOut = 0;
    for (let counted = -1; limit !== undefined && counted !== leftOut; await turn()) {
      counted = leftOut;
      leftOut += take(samples, COUNTED_A_TURN).length;
    }
    limit?.leftOut(leftOut);
    return text;
  };
  const ofProcess = registry.getMetricsAsArray().filter(({ name }) => !own.some((family) => family.name === name));
  const render = async (): Promise<string> => {
    renderings++;
    await prepare();
    const parts: string[] = [];
    for (const { name } of ofProcess) {
      const text = await slice(() => registry.getSingleMetricAsString(name));
      // A metric of which there is nothing to say is left out.
      if (text.split('\n', 3).length > 2) parts.push(text);
    }
    for (const each of published) {
      const text = await renderFamily(each);
      if (text !== '') parts.push(text);
    }
    return `${parts.join('\n\n')}\n`;
  };
  let underWay: Promise<string> | undefined;
  return {
    contentType: registry.contentType,
    render: () => (underWay ??= render().finally(() => (underWay = undefined))),
  };
}

function take(samples: Iterator<Sample>, count: number): Sample[] {
  const taken: Sample[] = [];
  while (taken.length < count) {
    const next = samples.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}
