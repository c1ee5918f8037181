/**
 * How the cost of partitions grows with their number, on one broker in a folder of its own:
 *
 *   node --import tsx bench/scale.ts [--partitions 1000,10000]
 *
 * Prints a Markdown table: topics of ten partitions are made, the broker is stopped and started again, and all are listed.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { MetadataRequest, MetadataResponse } from '../src/wire/messages/index.ts';
import { Link, prepare } from './load/link.ts';
import { cpuSeconds, residentMiB } from './load/measure.ts';
import { createTopics, decode } from './load/topic.ts';

const METADATA_VERSION = 12;
const PARTITIONS_PER_TOPIC = 10;
const TOPICS_PER_REQUEST = 100;
const IDLE_MS = 5000;
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

const { values } = parseArgs({ options: { partitions: { type: 'string', default: '1000,10000' } } });
console.log('| partitions | create s | stop s | start s | metadata ms | idle cpu % | idle RSS MiB |');
console.log('| --: | --: | --: | --: | --: | --: | --: |');
for (const partitions of values.partitions.split(',').map(Number)) {
  const folder = mkdtempSync(join(tmpdir(), 'ottla-scale-'));
  try {
    const cells = await measure(folder, partitions);
    console.log(`| ${partitions} | ${cells.map((cell) => cell.toFixed(cell < 10 ? 2 : 0)).join(' | ')} |`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(folder: string, partitions: number): Promise<number[]> {
  const first = await start(folder);
  const created = await seconds(() => create(first.port, partitions));
  const stopped = await seconds(() => stop(first.process));
  const begunMs = performance.now();
  const again = await start(folder);
  const started = (performance.now() - begunMs) / 1000;
  const listed = await seconds(() => list(again.port, partitions));
  const pid = again.process.pid as number;
  const before = cpuSeconds(pid);
  await new Promise((done) => setTimeout(done, IDLE_MS));
  const idle = ((cpuSeconds(pid) - before) / (IDLE_MS / 1000)) * 100;
  const { now } = residentMiB(pid);
  await stop(again.process);
  return [created, stopped, started, listed * 1000, idle, now];
}

async function start(folder: string): Promise<{ readonly process: ChildProcess; readonly port: number }> {
  const args = [main, 'start', '--port', '0', '--data-dir', folder, '--no-metrics'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  for await (const chunk of child.stdout) {
    output += String(chunk);
    const port = /ready on [^ ]*:(\d+)/.exec(output)?.[1];
    if (port !== undefined) return { process: child, port: Number(port) };
  }
  throw new Error(`the broker did not start: ${output}`);
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function create(port: number, partitions: number): Promise<void> {
  const topics = Array.from({ length: partitions / PARTITIONS_PER_TOPIC }, (_, i) => ({
    name: `scale-${i}`,
    partitions: PARTITIONS_PER_TOPIC,
  }));
  for (let i = 0; i < topics.length; i += TOPICS_PER_REQUEST)
    await createTopics({ host: '127.0.0.1', port }, topics.slice(i, i + TOPICS_PER_REQUEST));
}

async function list(port: number, partitions: number): Promise<void> {
  const link = await Link.open({ host: '127.0.0.1', port });
  const frame = await link.request(prepare(MetadataRequest, METADATA_VERSION, { topics: null }));
  link.close();
  const topics = decode(MetadataResponse, METADATA_VERSION, frame).topics.filter(({ name }) =>
    name?.startsWith('scale'),
  );
  if (topics.length !== partitions / PARTITIONS_PER_TOPIC) throw new Error(`only ${topics.length} topics are listed`);
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const begunMs = performance.now();
  await work();
  return (performance.now() - begunMs) / 1000;
}
