import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
const root = fileURLToPath(new URL('..', import.meta.url));

/** The command, running or run. */
export interface Run {
  readonly process: ChildProcess;
  /** All of stdout and stderr so far. */
  readonly output: () => string;
  /** Resolves to the exit code. */
  readonly ended: Promise<number | null>;
}

const runs: Run[] = [];

/** Runs the command from the sources. `as` is a user id to run it under, which only root can choose. */
export function ottla(args: readonly string[], options: { readonly as?: number } = {}): Run {
  const { as: uid } = options;
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const run = { process: child, output: () => output, ended };
  runs.push(run);
  return run;
}

/** Resolves to the port once the line that says ready is there. */
export async function ready(run: Run): Promise<number> {
  const { stdout } = run.process;
  for (;;) {
    const match = /Ottla is ready on [^ ]*:(\d+), data .+ \(\d+ ms\)\n/.exec(run.output());
    if (match !== null) return Number(match[1]);
    const gone = await Promise.race([
      run.ended.then(() => true),
      once(stdout as NodeJS.ReadableStream, 'data').then(() => false),
    ]);
    if (gone) throw new Error(`it did not start: ${run.output()}`);
  }
}

/** Kills those that still run. */
export async function endAll(): Promise<void> {
  for (const { process, ended } of runs.splice(0)) {
    process.kill('SIGKILL');
    await ended;
  }
}
