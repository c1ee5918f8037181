import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export type BrokerKind = 'ottla' | 'apache';

export const repository = fileURLToPath(new URL('..', import.meta.url));
/** The script that runs Apache Kafka, its tools, and knows where its jars are. */
export const reference = process.env['KAFKA_REFERENCE'] ?? join(repository, '../shared/reference/apache-kafka');

/** Stands in configs for the folder that a broker gets; its data are to lie in `data` below, or beside that. */
export const FOLDER = '{folder}';

const running = new Set<Broker>();
process.on('exit', () => running.forEach((broker) => broker.abandon()));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));

/** A broker of either kind as a process of its own, with a data folder that outlives a restart. */
export class Broker {
  kind: BrokerKind;
  readonly port: number;
  readonly address: string;
  private readonly folder = mkdtempSync(join(tmpdir(), 'ottla-compat-'));
  private readonly configs: readonly string[];
  private child: ChildProcess | undefined;
  private output = '';

  private constructor(kind: BrokerKind, port: number, configs: Readonly<Record<string, string>>) {
    this.kind = kind;
    this.port = port;
    this.address = `127.0.0.1:${port}`;
    this.configs = Object.entries(configs).map(([name, value]) => `${name}=${value.replaceAll(FOLDER, this.folder)}`);
  }

  /** Starts a broker on a free port and an empty folder; throws with its output when it does not come up. */
  static async start(kind: BrokerKind, configs: Readonly<Record<string, string>> = {}): Promise<Broker> {
    const broker = new Broker(kind, await freePort(), configs);
    running.add(broker);
    await broker.up();
    return broker;
  }

  get pid(): number {
    if (this.child?.pid === undefined) throw new Error(`${this.kind} is not running`);
    return this.child.pid;
  }

  get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** The last of what the broker wrote to stdout and stderr, all its lives together. */
  get lastOutput(): string {
    return this.output;
  }

  /** Where its partitions lie: to be looked at while it is down. */
  get dataFolder(): string {
    return join(this.folder, 'data');
  }

  /** Resident memory in MiB. */
  get residentMiB(): number {
    const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'));
    return Number(line?.[1] ?? NaN) / 1024;
  }

  /** Starts it again on the same port and folder. */
  async up(): Promise<void> {
    // One cluster id in 64 starts with a dash, which Apache Kafka's format tool takes for an option.
    for (let tries = 3; !(await this.tryUp()); tries--) {
      const unlucky = this.kind === 'apache' && this.output.includes('expected one argument');
      if (!unlucky || tries === 0) throw new Error(`${this.kind} did not start:\n${this.output}`);
      this.output = '';
    }
  }

  /** SIGTERM, and waits for the end. Returns the exit code. */
  async down(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Starts the folder's next broker, which may be of the other kind. */
  async upAs(kind: BrokerKind): Promise<void> {
    this.kind = kind;
    await this.up();
  }

  /** Does nothing at all for a while: answers nobody and closes no connection. */
  async standStill(forMs: number): Promise<void> {
    signalGroup(this.pid, 'SIGSTOP');
    await sleep(forMs);
    signalGroup(this.pid, 'SIGCONT');
  }

  async restart(): Promise<void> {
    await this.down();
    await this.up();
  }

  /** Stops it and removes its folder. */
  async dispose(): Promise<void> {
    await this.down();
    this.abandon();
  }

  /** What can still be done when this process ends: no broker and no folder stay behind. */
  abandon(): void {
    if (this.isRunning) {
      signalGroup(this.pid, 'SIGKILL');
      waitUntilDead(this.pid);
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    running.delete(this);
  }

  private async tryUp(): Promise<boolean> {
    const [command, ...args] = this.command();
    const child = spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    const keep = (chunk: Buffer): void => {
      this.output = (this.output + chunk.toString()).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => keep(Buffer.from(String(error))));
    const deadline = Date.now() + 90_000;
    while (!(await answersApiVersions(this.port))) {
      if (!this.isRunning || Date.now() > deadline) return false;
      await sleep(25);
    }
    return true;
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.child;
    if (child === undefined || !this.isRunning) return child?.exitCode ?? null;
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
    signalGroup(this.pid, signal);
    const hurry = setTimeout(() => signalGroup(this.pid, 'SIGKILL'), 30_000);
    const code = await exited;
    clearTimeout(hurry);
    return code;
  }

  private command(): [string, ...string[]] {
    if (this.kind === 'apache') return [reference, 'start', String(this.port), this.folder, ...this.configs];
    const main = join(repository, 'dist/cli/main.js');
    if (!existsSync(main)) throw new Error('dist/cli/main.js is missing: run `npm run build` first');
    const configs = this.configs.flatMap((config) => ['--config', config]);
    const data = join(this.folder, 'data');
    const where = this.configs.some((config) => config.startsWith('log.dirs=')) ? [] : ['--data-dir', data];
    return [process.execPath, main, 'start', '--port', String(this.port), ...where, ...configs];
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A killed process may still write for a moment: a folder removed meanwhile would come back. Blocks, for use at exit. */
function waitUntilDead(pid: number): void {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 0; tries < 300 && !isDead(pid); tries++) Atomics.wait(cell, 0, 0, 10);
}

function isDead(pid: number): boolean {
  try {
    return /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}

/** A port of 127.0.0.1 that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** Whether an ApiVersions v0 request gets an answer within a second. */
export function answersApiVersions(port: number, host = '127.0.0.1'): Promise<boolean> {
  const request = Buffer.from('0000000f0012000000000007000570726f6265', 'hex');
  return new Promise((resolve) => {
    const socket = connect(port, host, () => socket.write(request));
    const settle = (answered: boolean): void => {
      resolve(answered);
      socket.destroy();
    };
    socket.setTimeout(1000, () => settle(false));
    socket.once('data', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
  });
}
