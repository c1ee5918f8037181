import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { reference } from './brokers.ts';

const run = promisify(execFile);
const cache = process.env['OTTLA_COMPAT_CACHE'] ?? join(homedir(), '.cache/ottla-compat');

/** What a suite needs and cannot have: said in words that tell what to install. */
export class MissingTool extends Error {
  constructor(what: string, cause: unknown) {
    super(`missing: ${what} (${cause instanceof Error ? cause.message : String(cause)})`, { cause });
    this.name = 'MissingTool';
  }
}

async function orMissing<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new MissingTool(what, error);
  }
}

/** Does a thing once per process, however many ask. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let doing: Promise<T> | undefined;
  return () => (doing ??= work());
}

/** The class path of Apache Kafka's jars. */
export const kafkaClassPath = once(() =>
  orMissing('the Apache Kafka jars, which need Java 17, Maven and the reference script', async () => {
    const { stdout } = await run(reference, ['libs']);
    return join(stdout.trim(), '*');
  }),
);

/** Compiles Java sources against Apache Kafka's jars, once per content. Returns the class path to run them with. */
export async function compiledJava(sources: readonly string[]): Promise<string> {
  const libs = await kafkaClassPath();
  return orMissing('javac 17', async () => {
    const content = createHash('sha256');
    for (const source of sources) content.update(readFileSync(source));
    const classes = join(cache, `java-${content.digest('hex').slice(0, 16)}`);
    if (!existsSync(classes)) {
      const fresh = `${classes}.${process.pid}.${basename(sources[0] ?? '')}`;
      mkdirSync(fresh, { recursive: true });
      await run('javac', ['-d', fresh, '-cp', libs, ...sources]);
      moveInPlace(fresh, classes);
    }
    return `${classes}:${libs}`;
  });
}

/** A Python with confluent-kafka, in a virtual environment of its own. */
export const confluentPython = once(() =>
  orMissing('Python 3 with venv, and confluent-kafka from PyPI', async () => {
    const home = join(cache, 'python');
    const python = join(home, 'bin/python');
    const works = (): Promise<unknown> => run(python, ['-c', 'import confluent_kafka']);
    if (
      existsSync(python) &&
      (await works().then(
        () => true,
        () => false,
      ))
    )
      return python;
    rmSync(home, { recursive: true, force: true });
    mkdirSync(dirname(home), { recursive: true });
    await run('python3', ['-m', 'venv', home]);
    await run(python, ['-m', 'pip', 'install', '-q', '--only-binary', ':all:', 'confluent-kafka>=2.5']);
    await works();
    return python;
  }),
);

/** kcat, installed with apt-get where that is allowed. */
export const kcat = once(() =>
  orMissing('kcat (apt-get install kcat)', async () => {
    const works = (): Promise<boolean> =>
      run('kcat', ['-V']).then(
        () => true,
        () => false,
      );
    if (await works()) return 'kcat';
    await run('apt-get', ['update', '-q']);
    await run('apt-get', ['install', '-qy', 'kcat'], { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
    if (!(await works())) throw new Error('it does not run after its installation');
    return 'kcat';
  }),
);

/** Two processes may have made the same thing: the second one's is dropped. */
function moveInPlace(fresh: string, place: string): void {
  try {
    renameSync(fresh, place);
  } catch (error) {
    if (!existsSync(place)) throw error;
    rmSync(fresh, { recursive: true, force: true });
  }
}
