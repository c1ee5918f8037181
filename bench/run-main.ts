/** See bench/run. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import { worse, type Measured, type Table } from './noise.ts';
import { median } from './slope.ts';

const BASELINE = 'bench/baseline.json';
const OURS = 'ottla';
/** The same once more, whose event loop is looked at: that costs about 1 % of a core, which its figures are not to have. */
const WATCHED = 'ottla-watched';
const REFERENCE = 'apache-kafka';

const { values: options } = parseArgs({
  options: {
    shared: { type: 'string', default: '../shared' },
    system: { type: 'string', multiple: true, default: [] },
    floor: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    save: { type: 'boolean', default: false },
    smoke: { type: 'boolean', default: false },
  },
});
const shared = resolve(options.shared);
const only = options.smoke ? 'end-to-end' : options.only;
const rounds = options.smoke ? '1' : options.rounds;

const start = `node ${resolve('dist/cli/main.js')} start --port {port} --data-dir {dir}/data`;
const compared = [
  ...(options.smoke ? [] : [`${REFERENCE}=${shared}/reference/apache-kafka start {port} {dir}`]),
  `${OURS}=${start}`,
  ...options.system,
  ...(options.floor || options.smoke
    ? [`floor=node --import tsx ${resolve('bench/floor.ts')} --port {port} --dir {dir}/data`]
    : []),
];
const systems = [...compared, `${WATCHED}=${start} --metrics-port {metrics}`];
const loadBefore = loadavg()[0] ?? NaN;
const results = measure();
const table: Table = {
  date: new Date().toISOString().slice(0, 10),
  node: process.versions.node,
  cores: availableParallelism(),
  rounds: Number(rounds),
  load: [loadBefore, loadavg()[0] ?? NaN],
  results,
};
console.log(
  `${table.date}, Node ${table.node}, ${table.cores} cores, medians of ${rounds} rounds, load of the machine ` +
    `${table.load.map((each) => each.toFixed(1)).join(' before and ')} after:\n`,
);
printFigures(results.filter(({ metric }) => !metric.startsWith('loop delay')));
printLoopDelays(results.filter(({ metric }) => metric.startsWith('loop delay')));
if (!options.smoke) compareWithBaseline();
if (options.save) writeFileSync(BASELINE, await format(JSON.stringify(table), { parser: 'json', printWidth: 120 }));

function measure(): Measured[] {
  const libs = execFileSync(join(shared, 'reference/apache-kafka'), ['libs'], { encoding: 'utf8' }).trim().split('\n');
  const folder = mkdtempSync(join(tmpdir(), 'ottla-bench-'));
  const json = join(folder, 'figures.json');
  try {
    const args = ['bench/workloads.py', '--shared', shared, '--kafka-libs', libs.at(-1) ?? '', '--json', json];
    args.push('--rounds', rounds, '--only', only, ...systems.flatMap((system) => ['--system', system]));
    const { status } = spawnSync('python3', args, { stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) process.exit(status ?? 1);
    return JSON.parse(readFileSync(json, 'utf8')) as Measured[];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function printFigures(measured: readonly Measured[]): void {
  const names = compared.map((system) => system.slice(0, system.indexOf('=')));
  console.log(
    `| workload | metric | ${names.join(' | ')} | ratio |\n| --- | --- |${' --- |'.repeat(names.length + 1)}`,
  );
  for (const { workload, metric, values } of measured) {
    const cells = names.map((name) => shown(values[name]));
    const ratio = median(values[OURS] ?? []) / median(values[REFERENCE] ?? []);
    console.log(`| ${workload} | ${metric} | ${cells.join(' | ')} | ${Number.isNaN(ratio) ? '' : ratio.toFixed(2)} |`);
  }
}

/** Workload by workload; of all rounds the worst counts. */
function printLoopDelays(measured: readonly Measured[]): void {
  if (measured.length === 0) return;
  const metrics = [...new Set(measured.map(({ metric }) => metric))];
  const short = metrics.map((metric) => metric.replace('loop delay ', '').replace(', at most', ''));
  console.log(
    `\nHow long things waited for the event loop at most, the worst round:\n\n| workload | ${short.join(' | ')} |\n| --- |${' --- |'.repeat(short.length)}`,
  );
  for (const workload of new Set(measured.map((each) => each.workload))) {
    const cells = metrics.map((metric) => {
      const values = measured.find((each) => each.workload === workload && each.metric === metric)?.values[WATCHED];
      return values === undefined ? '' : String(Math.max(...values));
    });
    console.log(`| ${workload} | ${cells.join(' | ')} |`);
  }
}

function compareWithBaseline(): void {
  if (!existsSync(BASELINE))
    return console.log(`\nThere is no ${BASELINE} to compare with: bench/run --save makes it.`);
  const before = JSON.parse(readFileSync(BASELINE, 'utf8')) as Table;
  if (before.rounds < 2 || table.rounds < 2)
    return console.log(`\nOne round says nothing of the noise: not compared with ${BASELINE}.`);
  const found = worse(before.results, results, { ours: OURS, reference: REFERENCE });
  const to = `the table of ${before.date} (Node ${before.node}, ${before.rounds} rounds)`;
  if (found.length === 0) return console.log(`\nNothing is worse than in ${to} by more than the noise.`);
  console.log(`\nWorse than in ${to}, as ratios to ${REFERENCE}:\n`);
  console.log('| workload | metric | then | now | worse by | noise |\n| --- | --- | --- | --- | --- | --- |');
  for (const { workload, metric, then, now, loss, noise } of found)
    console.log(
      `| ${workload} | ${metric} | ${then.toFixed(2)} | ${now.toFixed(2)} | ${percent(loss)} | ${percent(noise)} |`,
    );
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}

function shown(values: readonly number[] | undefined): string {
  return values === undefined || values.length === 0 ? 'failed' : median(values).toFixed(1);
}
