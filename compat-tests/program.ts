import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { endsWithUs } from './children.ts';

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Who it runs as, where that is not us. */
  readonly uid?: number;
}

/** A Java program with a small heap; what it logs (log4j2) at `level` or above goes to its output. */
export function javaCommand(classPath: string, main: string, args: readonly string[], level = 'ERROR'): Command {
  const small = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', `-Dlog4j2.level=${level}`];
  return { command: 'java', args: [...small, '-cp', classPath, main, ...args] };
}

/** A program beside the brokers that can be killed and started again as it was. */
export class Program {
  readonly name: string;
  private readonly command: Command;
  private readonly heard: (line: string) => void;
  private child: ChildProcess | undefined;
  private closed: Promise<void> = Promise.resolve();
  private output = '';

  /** Each line of its stdout, over all its lives, goes to `heard`. */
  constructor(name: string, command: Command, heard: (line: string) => void = () => undefined) {
    this.name = name;
    this.command = command;
    this.heard = heard;
  }

  get isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** The last of what it wrote, all its lives together. */
  get lastOutput(): string {
    return this.output;
  }

  start(): void {
    if (this.isRunning) throw new Error(`${this.name} is running already`);
    const { command, args, env, uid } = this.command;
    const options = { env: { ...process.env, ...env }, ...(uid === undefined ? {} : { uid, gid: uid }) };
    const child = endsWithUs(spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options }));
    this.child = child;
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.keep(`${line}\n`);
      this.heard(line);
    });
    child.stderr.on('data', (chunk: Buffer) => this.keep(chunk.toString()));
    this.closed = new Promise((resolve) => {
      child.once('error', (error) => {
        this.keep(String(error));
        resolve();
      });
      child.once('close', () => resolve());
    });
  }

  /** kill -9. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  /** SIGTERM; killed where that does not end it. */
  async stop(limitMs = 20_000): Promise<void> {
    const hurry = setTimeout(() => this.child?.kill('SIGKILL'), limitMs);
    await this.end('SIGTERM');
    clearTimeout(hurry);
  }

  private keep(text: string): void {
    this.output = (this.output + text).slice(-20_000);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.isRunning) this.child?.kill(signal);
    await this.closed;
  }
}
