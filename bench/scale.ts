/**
 * How costs grow, each measured through the wire on a built broker in a process and a folder of its own:
 *
 *   node --import tsx bench/scale.ts [CURVE…] [--at 100,1000] [--rounds 3] [--json FILE] [--svg docs]
 *
 * Without a curve's name: all of them. Prints Markdown tables, of the medians where there are several rounds; with `--json` rounds are
 * kept in that file, and those that are there already count; with `--svg` draws scale-CURVE.svg into that folder. Needs Linux, and
 * `npm run build` before.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { plot } from './plot.ts';
import { median } from './slope.ts';
import type { Curve, Figures } from './scale/curve.ts';
import { connections } from './scale/connections.ts';
import { fetchSession } from './scale/fetch-session.ts';
import { largeLog } from './scale/large-log.ts';
import { partitions } from './scale/partitions.ts';
import { recordSize } from './scale/record-size.ts';
import { tail } from './scale/tail.ts';

const CURVES: readonly Curve[] = [partitions, connections, fetchSession, largeLog, recordSize, tail];

type Round = (readonly [at: number, row: Figures])[];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    at: { type: 'string' },
    rounds: { type: 'string', default: '1' },
    json: { type: 'string' },
    svg: { type: 'string' },
  },
});
const unknown = positionals.filter((name) => !CURVES.some((curve) => curve.name === name));
if (unknown.length > 0) {
  console.error(
    `bench: no curve is named ${unknown.join(', ')}; there are ${CURVES.map(({ name }) => name).join(', ')}`,
  );
  process.exit(2);
}
for (const curve of CURVES) if (positionals.length === 0 || positionals.includes(curve.name)) await run(curve);
process.exit();

async function run(curve: Curve): Promise<void> {
  const numbers = options.at?.split(',').map(Number) ?? curve.at;
  const kept = keptRounds(options.json);
  const rounds = (kept[curve.name] ??= []);
  console.log(`\n### ${curve.title}\n`);
  for (let round = 0; round < Number(options.rounds); round++) {
    const rows: Round = [];
    for await (const row of curve.measure(numbers)) {
      const at = numbers[rows.length] as number;
      if (rows.length === 0 && round === 0) console.log(heading(curve.axis, Object.keys(row)));
      console.log(line([at, ...Object.values(row)]));
      rows.push([at, row]);
    }
    rounds.push(rows);
    if (options.json !== undefined) writeFileSync(options.json, JSON.stringify(kept));
  }
  const rows = numbers.map((number) => medians(rounds, number));
  if (rounds.length > 1) {
    console.log(`\nMedians of ${rounds.length} rounds:\n\n${heading(curve.axis, Object.keys(rows[0] ?? {}))}`);
    for (const [i, row] of rows.entries()) console.log(line([numbers[i] as number, ...Object.values(row)]));
  }
  if (options.svg !== undefined)
    writeFileSync(join(options.svg, `scale-${curve.name}.svg`), drawing(curve, numbers, rows));
}

function keptRounds(path: string | undefined): Record<string, Round[]> {
  if (path === undefined || !existsSync(path)) return {};
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, Round[]>;
}

/** Of each figure at a number. */
function medians(rounds: readonly Round[], number: number): Figures {
  const rows = rounds.flatMap((round) => round.filter(([at]) => at === number).map(([, row]) => row));
  const columns = Object.keys(rows[0] ?? {});
  return Object.fromEntries(columns.map((column) => [column, median(rows.map((row) => row[column] ?? NaN))]));
}

function heading(axis: string, columns: readonly string[]): string {
  const heads = [axis, ...columns];
  return `| ${heads.join(' | ')} |\n| ${heads.map(() => '--:').join(' | ')} |`;
}

function line(cells: readonly number[]): string {
  return `| ${cells.map(rounded).join(' | ')} |`;
}

function rounded(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 100) return value.toFixed(0);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

function drawing(curve: Curve, numbers: readonly number[], rows: readonly Figures[]): string {
  const valuesOf = (column: string): number[] => rows.map((row) => row[column] ?? NaN);
  return plot(
    curve.title,
    { values: numbers, ticks: numbers.map((number) => [number, String(number)]) },
    curve.panels.map(({ title, unit, columns }) => ({
      title,
      unit,
      curves: columns.map((name) => ({ name, values: valuesOf(name) })),
    })),
  );
}
