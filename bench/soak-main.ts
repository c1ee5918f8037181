/** See bench/soak. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Broker, freePort } from '../compat-tests/brokers.ts';
import { ask, figure, parsePage, type PageFamily } from '../sim/metrics-page.ts';
import { loopDelay } from './loop-delay.ts';
import { quantile, trend } from './slope.ts';
import { churning, SoakLoad } from './soak-load.ts';
import { minuteAxis, plot } from './plot.ts';

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    json: { type: 'string' },
    svg: { type: 'string' },
    smoke: { type: 'boolean', default: false },
  },
});
const minutes = options.smoke ? 1 / 3 : Number(options.minutes);
const json = options.json ?? join(tmpdir(), 'ottla-soak.json');
const svg = options.svg ?? (options.smoke ? join(tmpdir(), 'ottla-soak.svg') : 'docs/soak.svg');
const EVERY_MS = options.smoke ? 1_000 : 5_000;
const WARM_UP = 0.2;
const MIB = 1024 * 1024;

/** Of memory that is collected now and then the lowest of so many samples counts: the rest is what waits to be collected. */
const SAMPLES_A_LOW = 12;

/** What is looked at, and how much of growth over the whole run is still flat: a part of the median, or so much of it. */
const FIGURES = {
  rssMiB: { what: 'resident memory, MiB', part: 0.1, least: 5, samples: 1 },
  heapMiB: { what: 'heap in use at its lows, MiB', part: 0.1, least: 4, samples: SAMPLES_A_LOW },
  externalMiB: { what: 'memory outside the heap at its lows, MiB', part: 0.1, least: 4, samples: SAMPLES_A_LOW },
  files: { what: 'open files', part: 0.1, least: 5, samples: 1 },
  handles: { what: 'handles', part: 0.1, least: 5, samples: 1 },
  loopP99: { what: 'event-loop delay p99, ms', part: 0.25, least: 3, samples: 1 },
  latencyP50: { what: 'append of one record p50, ms', part: 0.25, least: 0.5, samples: 1 },
  latencyP99: { what: 'append of one record p99, ms', part: 0.25, least: 5, samples: 1 },
} as const;
type Figure = keyof typeof FIGURES;

type Sample = Readonly<Record<Figure | 'minute' | 'loopMax' | 'inMBs' | 'outMBs' | 'cpu', number>>;

async function main(): Promise<boolean> {
  const metricsPort = await freePort();
  const broker = await Broker.start('ottla', { ...churning, 'ottla.metrics.listener': `127.0.0.1:${metricsPort}` });
  const load = new SoakLoad(broker.port);
  try {
    await load.start();
    const samples = await observe(broker, metricsPort, load);
    return report(samples, load);
  } finally {
    await load.stop();
    await broker.dispose();
  }
}

const page = async (port: number): Promise<Map<string, PageFamily>> => parsePage((await ask(port, '/metrics')).body);

async function observe(broker: Broker, metricsPort: number, load: SoakLoad): Promise<Sample[]> {
  const samples: Sample[] = [];
  const startedMs = performance.now();
  let before = await page(metricsPort);
  let beforeMs = performance.now();
  while (performance.now() - startedMs < minutes * 60_000) {
    await sleep(EVERY_MS);
    const after = await page(metricsPort);
    const now = performance.now();
    const seconds = (now - beforeMs) / 1_000;
    const rate = (name: string): number => (figure(after, name) - figure(before, name)) / seconds;
    const latencies = load.latencies;
    load.latencies = [];
    const { p99, max } = loopDelay(before, after);
    samples.push({
      minute: (now - startedMs) / 60_000,
      rssMiB: broker.residentMiB,
      heapMiB: figure(after, 'nodejs_heap_size_used_bytes') / MIB,
      externalMiB: figure(after, 'nodejs_external_memory_bytes') / MIB,
      files: readdirSync(`/proc/${broker.pid}/fd`).length,
      handles: figure(after, 'nodejs_active_resources_total'),
      loopP99: p99,
      loopMax: max,
      latencyP50: quantile(latencies, 0.5),
      latencyP99: quantile(latencies, 0.99),
      inMBs: rate('ottla_bytes_in_total') / 1e6,
      outMBs: rate('ottla_bytes_out_total') / 1e6,
      cpu: rate('process_cpu_seconds_total'),
    });
    [before, beforeMs] = [after, now];
    if (samples.length % 12 === 0)
      console.error(`# ${samples.at(-1)?.minute.toFixed(1)} min: ${JSON.stringify(samples.at(-1))}`);
  }
  return samples;
}

function report(samples: readonly Sample[], load: SoakLoad): boolean {
  const warm = samples.slice(Math.floor(samples.length * WARM_UP));
  const rows = (Object.keys(FIGURES) as Figure[]).map((name) => {
    const { what, part, least, samples } = FIGURES[name];
    const { median, growth } = trend(lows(warm, name, samples));
    const values = warm.map((sample) => sample[name]);
    return { what, median, growth, max: Math.max(...values), isFlat: growth <= Math.max(median * part, least) };
  });
  const took = samples.at(-1)?.minute ?? 0;
  const load1 = readFileSync('/proc/loadavg', 'utf8').split(' ')[0];
  console.log(
    `${took.toFixed(0)} minutes, Node ${process.versions.node}, the last ${Math.round((1 - WARM_UP) * 100)} % counted; ` +
      `${middle(warm, 'inMBs').toFixed(1)} MB/s in and ${middle(warm, 'outMBs').toFixed(1)} MB/s out, ` +
      `${middle(warm, 'cpu').toFixed(2)} cores; load of the machine at the end ${load1}:\n`,
  );
  console.log('| figure | median | highest | grew by | |\n| --- | --- | --- | --- | --- |');
  for (const { what, median, max, growth, isFlat } of rows)
    console.log(
      `| ${what} | ${median.toFixed(1)} | ${max.toFixed(1)} | ${growth.toFixed(2)} | ${isFlat ? 'flat' : '**grows**'} |`,
    );
  console.log(`\nDone: ${counts(load.done)}.`);
  console.log(load.failures.size === 0 ? 'Nothing failed.' : `Failed: ${counts(load.failures)}.`);
  writeFileSync(
    json,
    `${JSON.stringify({ minutes: took, rows, done: Object.fromEntries(load.done), samples }, rounded)}\n`,
  );
  writeFileSync(svg, picture(samples));
  return rows.every(({ isFlat }) => isFlat) && load.failures.size === 0;
}

/** The lowest of each so many samples, by time. */
function lows(samples: readonly Sample[], name: Figure, each: number): (readonly [minute: number, value: number])[] {
  const points: (readonly [number, number])[] = [];
  for (let at = 0; at < samples.length; at += each) {
    const known = samples.slice(at, at + each).filter((sample) => Number.isFinite(sample[name]));
    const [lowest] = known.sort((one, other) => one[name] - other[name]);
    if (lowest !== undefined) points.push([lowest.minute, lowest[name]]);
  }
  return points;
}

const middle = (samples: readonly Sample[], name: keyof Sample): number =>
  quantile(
    samples.map((sample) => sample[name]),
    0.5,
  );

const counts = (map: ReadonlyMap<string, number>): string =>
  [...map].map(([what, count]) => `${what} ${count}`).join(', ');

const rounded = (_: string, value: unknown): unknown =>
  typeof value === 'number' && Number.isFinite(value) ? Math.round(value * 1_000) / 1_000 : value;

function picture(samples: readonly Sample[]): string {
  const curve = (name: string, of: keyof Sample) => ({ name, values: samples.map((sample) => sample[of]) });
  return plot('Mixed load and churn on one broker', minuteAxis(samples.map(({ minute }) => minute)), [
    {
      title: 'Memory',
      unit: 'MiB',
      curves: [curve('resident', 'rssMiB'), curve('heap', 'heapMiB'), curve('external', 'externalMiB')],
    },
    { title: 'Handles', unit: 'count', curves: [curve('open files', 'files'), curve('handles', 'handles')] },
    { title: 'Event-loop delay', unit: 'ms', curves: [curve('p99', 'loopP99'), curve('highest', 'loopMax')] },
    { title: 'Append of one record', unit: 'ms', curves: [curve('p50', 'latencyP50'), curve('p99', 'latencyP99')] },
    { title: 'Throughput', unit: 'MB/s', curves: [curve('in', 'inMBs'), curve('out', 'outMBs')] },
  ]);
}

process.exitCode = (await main()) ? 0 : 1;
process.exit();
