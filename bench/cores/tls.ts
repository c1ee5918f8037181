import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { spent, type CpuTime } from './cpu.ts';
import { startWorker } from './worker.ts';

const BYTES = 512 * 1024 * 1024;
const HANDSHAKES = 300;
const load = fileURLToPath(new URL('./tls-load.ts', import.meta.url));

export interface Certificate {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** What TLS costs a loop that does it, and one whose sockets a worker has. */
export async function tls(): Promise<void> {
  const rsa = certificate('rsa:2048');
  const plain = createServer();
  console.log('| | main | all threads |\n| --- | --: | --: |');
  await bulk('receive over TCP', plain, false);
  await bulk('receive over TLS', createTlsServer(rsa), true);
  await inWorker(rsa);
  for (const [name, made] of [
    ['RSA 2048', rsa],
    ['P-256', certificate('ec')],
  ] as const) {
    const server = createTlsServer(made);
    const port = await listen(server);
    const used = await drive(port, true, HANDSHAKES, 0);
    server.close();
    console.log(
      `| handshake, ${name}, us | ${(used.main / HANDSHAKES).toFixed(0)} | ${(used.all / HANDSHAKES).toFixed(0)} |`,
    );
  }
}

async function bulk(name: string, server: Server, isSecure: boolean): Promise<void> {
  server.on(isSecure ? 'secureConnection' : 'connection', (socket: Socket) => discard(socket));
  const port = await listen(server);
  print(name, await drive(port, isSecure, 1, BYTES));
  server.close();
}

async function inWorker(made: Certificate): Promise<void> {
  const worker = startWorker('./tls-worker.ts', made);
  const [port] = (await once(worker, 'message')) as [number];
  worker.on('message', () => undefined);
  print('receive over TLS in a worker, handed over', await drive(port, true, 1, BYTES));
  await worker.terminate();
}

/** Reads to the end, and says so. */
function discard(socket: Socket): void {
  socket.resume();
  socket.on('end', () => socket.end());
  socket.on('error', () => socket.destroy());
}

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

async function drive(port: number, isSecure: boolean, connections: number, bytes: number): Promise<CpuTime> {
  const args = [load, String(port), isSecure ? 'tls' : 'tcp', String(connections), String(bytes)];
  const child = spawn(process.execPath, ['--import', 'tsx', ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return spent(async () => {
    child.stdin.write('go\n');
    await once(child, 'exit');
  });
}

function print(name: string, used: CpuTime): void {
  const perGb = (us: number): string => (us / 1e6 / (BYTES / 1e9)).toFixed(2);
  console.log(`| ${name}, s/GB | ${perGb(used.main)} | ${perGb(used.all)} |`);
}

function certificate(kind: 'rsa:2048' | 'ec'): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'ottla-cores-'));
  try {
    const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
    const curve = kind === 'ec' ? ['-pkeyopt', 'ec_paramgen_curve:prime256v1'] : [];
    const out = ['-keyout', key, '-out', cert, '-days', '1', '-subj', '/CN=localhost'];
    execFileSync('openssl', ['req', '-x509', '-nodes', '-newkey', kind, ...curve, ...out], { stdio: 'ignore' });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
