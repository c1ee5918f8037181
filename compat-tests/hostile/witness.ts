import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { endsWithUs } from '../children.ts';

/** The honest client, in a process of its own: what keeps the attackers busy must not make it wait. */
export class Witness {
  private readonly child: ChildProcess;
  private output = '';

  /** @param limitMs how long a send may take */
  constructor(address: string, limitMs: number) {
    const script = join(import.meta.dirname, 'witness-client.ts');
    const args = ['--import', 'tsx', script, address, String(limitMs)];
    this.child = endsWithUs(spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] }));
    this.child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
  }

  /** Resolves when it has begun to produce and to read. */
  async start(): Promise<void> {
    await Promise.race([once(this.child.stdout as NodeJS.ReadableStream, 'data'), this.gone()]);
  }

  /** Ends its work and gives its testimony; throws when a send failed or took too long, or a record was not read as it was sent. */
  async testify(): Promise<string> {
    const exited = once(this.child, 'exit');
    this.child.stdin?.write('testify\n');
    const [code] = (await exited) as [number | null];
    const testimony = this.output.trim().split('\n').at(-1) ?? '';
    if (code !== 0) throw new Error(testimony);
    return testimony;
  }

  private async gone(): Promise<never> {
    await once(this.child, 'exit');
    throw new Error('the witness did not come');
  }
}
