import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { systemRandom } from '../../src/base/index.ts';
import {
  compress,
  crc32c,
  decompress,
  prepareCompression,
  type CompressionType,
} from '../../src/wire/records/index.ts';
import { spent, type CpuTime } from './cpu.ts';
import { startWorker } from './worker.ts';

const KIB = 1024;
const SIZES_KIB = [1, 16, 128, 1024];
const UNDER_WAY = 8;
const ROUNDS = 5000;
const WORK_MS = 300;
const CODECS: readonly CompressionType[] = ['gzip', 'snappy', 'lz4', 'zstd'];

/** What it costs to have a batch worked on elsewhere, beside what the work itself costs: us each, by the batch's size. */
export async function handOver(): Promise<void> {
  const worker = startWorker('./echo-worker.ts');
  await once(worker, 'online');
  for (const type of CODECS) await prepareCompression(type);
  const heads = CODECS.flatMap((type) => [`${type} in`, `${type} out`]);
  console.log('| KiB | moved: main | moved: all | shared: main | shared: all | crc | ' + `${heads.join(' | ')} |`);
  console.log(`|${' --: |'.repeat(6 + heads.length)}`);
  for (const kib of SIZES_KIB) {
    const bytes = kib * KIB;
    const moved = await spent(() => bounce(worker, () => moving(bytes)));
    const memory = new SharedArrayBuffer(bytes);
    const source = systemRandom.bytes(bytes);
    const shared = await spent(() =>
      bounce(worker, () => {
        new Uint8Array(memory).set(source);
        return { message: 1, transfer: [] };
      }),
    );
    const batch = text(bytes);
    const works = [
      () => void crc32c(batch),
      ...CODECS.flatMap((type) => {
        const packed = compress(type, batch);
        return [() => void compress(type, batch), () => void decompress(type, packed, bytes)];
      }),
    ];
    const cells = [...eachOf(moved), ...eachOf(shared), ...works.map(usOf)];
    console.log(`| ${[kib, ...cells.map((us) => us.toFixed(us < 10 ? 1 : 0))].join(' | ')} |`);
  }
  await worker.terminate();
}

const eachOf = ({ main, all }: CpuTime): readonly number[] => [main / ROUNDS, all / ROUNDS];

function moving(bytes: number): { message: ArrayBuffer; transfer: ArrayBuffer[] } {
  const message = new ArrayBuffer(bytes);
  return { message, transfer: [message] };
}

interface Parcel {
  readonly message: ArrayBuffer | number;
  readonly transfer: readonly ArrayBuffer[];
}

/** Hands over and takes back, several under way. */
function bounce(worker: Worker, make: () => Parcel): Promise<void> {
  return new Promise((done) => {
    let [sent, back] = [0, 0];
    const send = (): void => {
      sent++;
      const { message, transfer } = make();
      worker.postMessage(message, transfer);
    };
    const onMessage = (): void => {
      if (++back === ROUNDS) {
        worker.off('message', onMessage);
        done();
      } else if (sent < ROUNDS) send();
    };
    worker.on('message', onMessage);
    for (let i = 0; i < UNDER_WAY; i++) send();
  });
}

/** As compressible as JSON is: half of what it says was said before. */
function text(bytes: number): Buffer {
  const words = Array.from({ length: 200 }, () => systemRandom.bytes(4).toString('hex'));
  const parts: string[] = [];
  for (let length = 0; length < bytes; length += 20)
    parts.push(`"${words[systemRandom.below(words.length)]}":${String(systemRandom.below(1e6)).padStart(7)},`);
  return Buffer.from(parts.join('')).subarray(0, bytes);
}

function usOf(work: () => void): number {
  for (let i = 0; i < 20; i++) work();
  const begunMs = performance.now();
  let rounds = 0;
  while (performance.now() - begunMs < WORK_MS) {
    work();
    rounds++;
  }
  return ((performance.now() - begunMs) * 1000) / rounds;
}
