import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { endsWithUs } from '../children.ts';

export interface Testimony {
  /** Records that were acknowledged. */
  readonly sent: number;
  readonly slowestMs: number;
  /** The most that the broker worked while one send waited, ms of CPU. */
  readonly worstCpuMs: number;
  /** What was not as it should be. */
  readonly complaint?: string;
}

/** The honest client, in a process of its own: what keeps the attackers busy must not make it wait. */
export class Witness {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;

  constructor(address: string, brokerPid: number) {
    const script = join(import.meta.dirname, 'witness-client.ts');
    const args = ['--import', 'tsx', script, address, String(brokerPid)];
    this.child = endsWithUs(spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] }));
    this.lines = createInterface({ input: this.child.stdout as Readable })[Symbol.asyncIterator]();
  }

  /** Resolves when it has begun to produce and to read. */
  async start(): Promise<void> {
    await this.line();
  }

  /** What it has seen since it was last asked. */
  interim(): Promise<Testimony> {
    return this.ask('interim');
  }

  /** Ends its work; what it says is about all that it sent and read. */
  async final(): Promise<Testimony> {
    const exited = once(this.child, 'exit');
    const testimony = await this.ask('final');
    await exited;
    return testimony;
  }

  private async ask(question: string): Promise<Testimony> {
    this.child.stdin?.write(`${question}\n`);
    return JSON.parse(await this.line()) as Testimony;
  }

  private async line(): Promise<string> {
    const next = await this.lines.next();
    if (next.done === true) throw new Error('the witness is gone');
    return next.value;
  }
}
