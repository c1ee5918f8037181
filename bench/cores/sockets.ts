import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { spent } from './cpu.ts';
import { answerTo, serveFrames } from './frames.ts';
import { startWorker } from './worker.ts';

const SIZES = [200, 16 * 1024, 128 * 1024];
const load = fileURLToPath(new URL('./socket-load.ts', import.meta.url));

/** Requests over sockets that the loop has itself, and over sockets of a worker that hands frames over and takes answers back. */
export async function sockets(): Promise<void> {
  console.log('| bytes a request | sockets | requests/s | main, us each | all threads, us each |');
  console.log('| --: | --- | --: | --: | --: |');
  for (const bytes of SIZES) {
    const server = createServer({ noDelay: true }, (socket) => serveFrames(socket, (frames) => answerTo(frames)));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    print(bytes, 'in the loop', await drive((server.address() as AddressInfo).port, bytes));
    server.close();

    const worker = startWorker('./socket-worker.ts');
    const [port] = (await once(worker, 'message')) as [number];
    worker.on('message', ({ id, frames }: { id: number; frames: ArrayBuffer[] }) => {
      const answers = answerTo(frames.map((frame) => Buffer.from(frame)));
      worker.postMessage({ id, answers }, [answers.buffer as ArrayBuffer]);
    });
    print(bytes, 'in a worker', await drive(port, bytes));
    await worker.terminate();
  }
}

interface Driven {
  readonly requests: number;
  readonly main: number;
  readonly all: number;
  readonly us: number;
}

/** All that one process with several connections can send. */
async function drive(port: number, bytes: number): Promise<Driven> {
  const child = spawn(process.execPath, ['--import', 'tsx', load, String(port), String(bytes)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  let requests = 0;
  const used = await spent(async () => {
    child.stdin.write('go\n');
    const [answer] = (await once(child.stdout, 'data')) as [Buffer];
    requests = Number(answer.toString());
  });
  child.kill();
  return { requests, ...used };
}

function print(bytes: number, where: string, { requests, main, all, us }: Driven): void {
  const cells = [(requests / us) * 1e6, main / requests, all / requests].map((n) => n.toFixed(n < 100 ? 1 : 0));
  console.log(`| ${bytes} | ${where} | ${cells.join(' | ')} |`);
}
