/** See bench/storage. */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { appends } from './storage-appends.ts';
import { compaction } from './storage-compaction.ts';
import { reads } from './storage-reads.ts';
import type { Row, Scale } from './storage-fixture.ts';

const parts: Readonly<Record<string, (scale: Scale) => Promise<Row[]>>> = { appends, reads, compaction };

const { values } = parseArgs({
  options: { smoke: { type: 'boolean' }, full: { type: 'boolean' }, only: { type: 'string' } },
});
const whole: Scale = { size: 1, segments: values.full === true ? 10_000 : 1000, withApacheKafka: true };
const scale: Scale = values.smoke === true ? { size: 0.02, segments: 20, withApacheKafka: false } : whole;
if (values.only !== undefined && parts[values.only] === undefined) {
  console.error(`bench: no part ${values.only}, only ${Object.keys(parts).join(', ')}`);
  process.exit(2);
}

const load = (): string => (loadavg()[0] ?? NaN).toFixed(0);
const day = new Date().toISOString().slice(0, 10);
console.log(`${day}, Node ${process.versions.node}, ${availableParallelism()} cores:\n`);
console.log('| what | unit | Ottla | beside | | ratio |\n| --- | --- | --- | --- | --- | --- |');
const loads: string[] = [];
for (const [name, part] of Object.entries(parts)) {
  if (values.only !== undefined && values.only !== name) continue;
  loads.push(load());
  for (const { what, unit, figure, beside } of await part(scale)) {
    const ratio = Number.isNaN(beside.figure) ? '' : (figure / beside.figure).toFixed(2);
    const other = Number.isNaN(beside.figure) ? 'not run' : shown(beside.figure);
    console.log(`| ${what} | ${unit} | ${shown(figure)} | ${beside.what} | ${other} | ${ratio} |`);
  }
}
console.log(`\nLoad of the machine on the way: ${[...loads, load()].join(', ')}.`);

function shown(figure: number): string {
  return figure >= 100 ? figure.toFixed(0) : figure >= 10 ? figure.toFixed(1) : figure.toFixed(2);
}
