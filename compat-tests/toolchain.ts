import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
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

/** The class path of the stock Java client of a version, beside the JSON library that comes with Apache Kafka 4.3. */
export async function kafkaClients(version: string): Promise<string> {
  const reference = await kafkaClassPath();
  if (version === '4.3.0') return reference;
  const libs = await mavenJars(`org.apache.kafka:kafka-clients:${version}`);
  const jackson = readdirSync(dirname(reference)).filter((jar) => /^jackson-(core|databind|annotations)-/.test(jar));
  return [join(libs, '*'), ...jackson.map((jar) => join(dirname(reference), jar))].join(':');
}

/** A folder with an artifact of Maven Central (`group:artifact:version`) and all that it needs, but for groups it can do without. */
export async function mavenJars(artifact: string, withoutGroups: readonly string[] = []): Promise<string> {
  return orMissing(`${artifact} from Maven Central, and Maven`, async () => {
    const libs = join(cache, [...artifact.split(':').slice(1), ...withoutGroups].join('-'));
    if (!existsSync(libs)) {
      const fresh = `${libs}.${process.pid}`;
      mkdirSync(fresh, { recursive: true });
      writeFileSync(join(fresh, 'pom.xml'), pomOf(artifact));
      const copy = ['dependency:copy-dependencies', `-DoutputDirectory=${fresh}`, '-DincludeScope=runtime'];
      await run('mvn', [
        '-q',
        '-B',
        '-f',
        join(fresh, 'pom.xml'),
        ...copy,
        `-DexcludeGroupIds=${withoutGroups.join()}`,
      ]);
      moveInPlace(fresh, libs);
    }
    return libs;
  });
}

function pomOf(dependency: string): string {
  const [group, artifact, version] = dependency.split(':');
  const named = (group = '', artifact = '', version = ''): string =>
    `<groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>`;
  return (
    '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>' +
    `${named('compat', 'compat', '1')}<dependencies><dependency>${named(group, artifact, version)}</dependency>` +
    '</dependencies></project>'
  );
}

/**
 * Compiles Java sources, against Apache Kafka's jars unless other libraries are given, once per content. Returns the
 * class path to run them with.
 */
export async function compiledJava(sources: readonly string[], libraries?: string): Promise<string> {
  const libs = libraries ?? (await kafkaClassPath());
  return orMissing('javac 17', async () => {
    const content = createHash('sha256').update(libs);
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

const confluentKafkaVersion = '2.16.1';

/** A Python with confluent-kafka, in a virtual environment of its own. */
export const confluentPython = once(() =>
  orMissing('Python 3 with venv, and confluent-kafka from PyPI', async () => {
    const home = join(cache, 'python');
    const python = join(home, 'bin/python');
    const tellVersion = async (): Promise<string> =>
      (
        await run(python, [
          '-c',
          'import confluent_kafka as c; print(c.__version__, "with librdkafka", c.libversion()[0])',
        ])
      ).stdout.trim();
    const found = await tellVersion().catch(() => undefined);
    if (found?.startsWith(`${confluentKafkaVersion} `)) return { python, version: found };
    rmSync(home, { recursive: true, force: true });
    mkdirSync(dirname(home), { recursive: true });
    await run('python3', ['-m', 'venv', home]);
    await run(python, [
      '-m',
      'pip',
      'install',
      '-q',
      '--only-binary',
      ':all:',
      `confluent-kafka==${confluentKafkaVersion}`,
    ]);
    return { python, version: await tellVersion() };
  }),
);

interface NodePackage {
  /** Where it can be resolved from. */
  readonly folder: string;
  readonly version: string;
}

export const platformaticKafka = once(() =>
  orMissing('@platformatic/kafka from npm', () => nodePackage('@platformatic/kafka', '1.35.0')),
);

/** Compiled from what npm delivers, with the libraries that Debian has: its own install wants hosts of others. */
export const confluentJavascript = once(() =>
  orMissing(
    '@confluentinc/kafka-javascript from npm, a C++ compiler, make, python3 and Debian’s zlib and OpenSSL',
    () =>
      nodePackage('@confluentinc/kafka-javascript', '1.10.1', async (home) => {
        await debianPackages(['g++', 'make', 'libssl-dev', 'zlib1g-dev', 'libzstd-dev'], '/usr/include/zstd.h');
        // As many compilers at once as there are files would take all the memory; optimised it takes twice as long.
        replaceIn(join(home, 'deps/librdkafka.gyp'), '"make", "-j",', '"make", "-j2",');
        replaceIn(
          join(home, 'util/configure.js'),
          "opts = '';",
          "opts = '--disable-optimization --disable-curl --disable-gssapi';",
        );
        const headers = dirname(dirname(process.execPath));
        const env = {
          ...process.env,
          CKJS_LINKING: 'dynamic',
          CFLAGS: '-O0',
          CXXFLAGS: '-O0',
          npm_config_nodedir: headers,
        };
        await run('npm', ['run', 'configure'], { cwd: home, env, maxBuffer });
        await run('npm', ['run', 'build'], { cwd: home, env, maxBuffer });
      }),
  ),
);

const maxBuffer = 64 * 2 ** 20;

/** A package of npm in a folder of its own, once per version; `build` does what its install scripts would. */
async function nodePackage(
  name: string,
  version: string,
  build: (home: string) => Promise<void> = async () => undefined,
): Promise<NodePackage> {
  const folder = join(cache, `${name.replace(/\W+/g, '-').slice(1)}-${version}`);
  if (!existsSync(folder)) {
    const unfinished = `${folder}.${process.pid}`;
    mkdirSync(unfinished, { recursive: true });
    writeFileSync(join(unfinished, 'package.json'), '{ "private": true }');
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund'];
    await run('npm', ['install', ...flags, `${name}@${version}`], { cwd: unfinished, maxBuffer });
    await build(join(unfinished, 'node_modules', name));
    moveInPlace(unfinished, folder);
  }
  return { folder, version };
}

function replaceIn(file: string, from: string, to: string): void {
  const text = readFileSync(file, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} has changed: no ${from}`);
  writeFileSync(file, text.replace(from, to));
}

/** Installed where that is allowed, unless the file that is needed of them is there. */
async function debianPackages(names: readonly string[], neededFile: string): Promise<void> {
  if (!existsSync(neededFile)) await aptGet(names);
}

let installing: Promise<void> = Promise.resolve();

/** One after the other: apt-get refuses to run twice at once. */
function aptGet(names: readonly string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = async (): Promise<void> => {
    await run('apt-get', ['update', '-q'], { maxBuffer });
    const patiently = ['-o', 'DPkg::Lock::Timeout=300'];
    await run('apt-get', ['install', '-qy', '--no-install-recommends', ...patiently, ...names], { env, maxBuffer });
  };
  return (installing = installing.then(install, install));
}

/** kcat, installed with apt-get where that is allowed. */
export const kcat = once(() =>
  orMissing('kcat (apt-get install kcat)', async () => {
    const works = (): Promise<boolean> =>
      run('kcat', ['-V']).then(
        () => true,
        () => false,
      );
    if (await works()) return 'kcat';
    await aptGet(['kcat']);
    if (!(await works())) throw new Error('it does not run after its installation');
    return 'kcat';
  }),
);

/** The folder of PostgreSQL's programs (initdb, postgres, psql), installed with apt-get where that is allowed. */
export const postgresPrograms = once(() =>
  orMissing('PostgreSQL (apt-get install postgresql)', async () => {
    const versions = '/usr/lib/postgresql';
    await debianPackages(['postgresql'], versions);
    const newest = readdirSync(versions).sort((a, b) => Number(b) - Number(a))[0];
    return join(versions, newest ?? '', 'bin');
  }),
);

/** Builds a program of a Go module, once per content of the module. Returns its path. */
export async function compiledGo(module: string, program: string): Promise<string> {
  return orMissing('Go 1.26, and the Go module proxy', () =>
    builtOnce(`go-${program}`, module, async (place) => {
      await run('go', ['build', '-buildvcs=false', '-mod=readonly', '-o', place, `./${program}`], { cwd: module });
    }),
  );
}

/** Builds the program of a Cargo package, once per content of the package. Returns its path. */
export async function compiledRust(folder: string, program: string): Promise<string> {
  return orMissing('Rust 1.87 with Cargo, and crates.io', () =>
    builtOnce(`rust-${program}`, folder, async (place) => {
      const target = join(cache, 'rust-target');
      await run('cargo', ['build', '--locked', '--target-dir', target], { cwd: folder, maxBuffer });
      copyFileSync(join(target, 'debug', program), place);
    }),
  );
}

/** Has a program built from all files of a folder; it is kept until one of them changes. */
async function builtOnce(label: string, folder: string, build: (place: string) => Promise<void>): Promise<string> {
  const content = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const file of files.map(({ parentPath, name }) => join(parentPath, name)).sort())
    content.update(relative(folder, file)).update(readFileSync(file));
  const place = join(cache, `${label}-${content.digest('hex').slice(0, 16)}`);
  if (!existsSync(place)) {
    const fresh = `${place}.${process.pid}`;
    await build(fresh);
    moveInPlace(fresh, place);
  }
  return place;
}

/** Two processes may have made the same thing: the second one's is dropped. */
function moveInPlace(fresh: string, place: string): void {
  try {
    renameSync(fresh, place);
  } catch (error) {
    if (!existsSync(place)) throw error;
    rmSync(fresh, { recursive: true, force: true });
  }
}
