import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Subject } from '../scale/subject.ts';
import type { Figures } from '../load/measure.ts';

const load = fileURLToPath(new URL('../load.ts', import.meta.url));
const SECONDS = 6;
const WORKLOADS: Readonly<Record<string, readonly string[]>> = {
  'produce 1 KiB x 16': ['produce', '--record-bytes', '1024', '--records-per-batch', '16'],
  'produce 100 B x 1': ['produce', '--record-bytes', '100', '--records-per-batch', '1', '--connections', '20'],
  consume: ['consume'],
};

/** The same load on one broker and divided between two, each with a generator of its own: what a second core brings. */
export async function brokers(): Promise<void> {
  console.log('| workload | brokers | requests/s | MB/s | broker cpu, cores | p99 ms |');
  console.log('| --- | --: | --: | --: | --: | --: |');
  for (const count of [1, 2]) {
    const subjects = await Promise.all(Array.from({ length: count }, () => Subject.start({})));
    try {
      for (const [name, args] of Object.entries(WORKLOADS)) {
        const figures = await Promise.all(subjects.map((subject) => generate(subject, args)));
        const sum = (of: (each: Figures) => number): number => figures.reduce((total, each) => total + of(each), 0);
        const cores = sum((each) => ((each['broker cpu us/request'] ?? NaN) * each['requests/s']) / 1e6);
        const p99 = Math.max(...figures.map((each) => each['p99 ms']));
        const rate = sum((each) => each['requests/s']).toFixed(0);
        const cells = [rate, sum((each) => each['MB/s']).toFixed(0), cores.toFixed(2), p99.toFixed(1)];
        console.log(`| ${name} | ${count} | ${cells.join(' | ')} |`);
      }
    } finally {
      for (const { broker } of subjects) await broker.dispose();
    }
  }
}

async function generate({ broker }: Subject, args: readonly string[]): Promise<Figures> {
  const where = ['--port', String(broker.port), '--pid', String(broker.pid), '--partitions', '4'];
  const child = spawn(process.execPath, ['--import', 'tsx', load, ...args, ...where, '--seconds', String(SECONDS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await once(child, 'close');
  return JSON.parse(output) as Figures;
}
