import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { endsWithUs } from '../../children.ts';
import { KafkaFailure } from '../client.ts';

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly code: number | null; readonly message: string };
}

/**
 * A program in another language that carries out verbs: one JSON line per request on its stdin
 * (`{id, verb, args}`), one per answer on its stdout (`{id, result}` or `{id, error: {code, message}}`), in any order.
 */
export class Driver {
  private readonly child;
  private readonly waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  private readonly ended: Promise<void>;
  private nextId = 0;
  private complaints = '';

  constructor(command: string, args: readonly string[]) {
    this.child = endsWithUs(spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] }));
    this.child.stderr.on('data', (chunk: Buffer) => {
      this.complaints = (this.complaints + chunk.toString()).slice(-2000);
    });
    this.child.stdin.on('error', () => undefined);
    createInterface({ input: this.child.stdout }).on('line', (line) => this.settle(JSON.parse(line) as Answer));
    this.ended = new Promise((resolve) => {
      const end = (): void => {
        for (const { reject } of this.waiting.values()) reject(new Error(`the driver ended: ${this.complaints}`));
        this.waiting.clear();
        resolve();
      };
      this.child.once('error', end);
      this.child.once('close', end);
    });
  }

  ask(verb: string, args: unknown): Promise<unknown> {
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      if (this.child.exitCode !== null) return reject(new Error(`the driver ended: ${this.complaints}`));
      this.waiting.set(id, { resolve, reject });
      this.child.stdin.write(`${JSON.stringify({ id, verb, args })}\n`);
    });
  }

  /** Verbs that are carried out by the program as they are. */
  verbs<V extends string>(names: readonly V[]): Record<V, (args: unknown) => Promise<never>> {
    const asked = names.map((name) => [name, (args: unknown) => this.ask(name, args)]);
    return Object.fromEntries(asked) as Record<V, (args: unknown) => Promise<never>>;
  }

  /** Ends its input, and the program with it. */
  async close(): Promise<void> {
    this.child.stdin.end();
    const hurry = setTimeout(() => this.child.kill('SIGKILL'), 15_000);
    await this.ended;
    clearTimeout(hurry);
  }

  private settle({ id, result, error }: Answer): void {
    const waiter = this.waiting.get(id);
    this.waiting.delete(id);
    if (error === undefined) waiter?.resolve(result);
    else waiter?.reject(error.code === null ? new Error(error.message) : new KafkaFailure(error.code, error.message));
  }
}
