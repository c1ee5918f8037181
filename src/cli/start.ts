import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { diskFileSystem, FileError, type Logger, MemoryFileSystem, systemClock, systemRandom } from '../base/index.ts';
import { startBroker, type Broker } from '../broker.ts';
import { settle, UnusableConfigError, type Settled } from '../settings.ts';
import { metricsConfigs, metricsEnvironment } from '../metrics/index.ts';
import { MetadataLogError } from '../metadata/index.ts';
import { ListenError, unreachable } from '../server/index.ts';
import { LogDirectoryError } from '../storage/index.ts';
import { adviceOn, complain } from './complaints.ts';
import { consoleLogger } from './console-logger.ts';
import { brokerConfigs, environmentProperties, parseProperties, type ConfigProblem } from '../config/index.ts';

const DEFAULT_PORT = 9092;
const DEFAULT_DATA_DIR = './data';
/** The one that Prometheus's exporter for Java programs is mostly given. */
const DEFAULT_METRICS_PORT = 9404;

interface StartOptions {
  readonly port?: number;
  readonly dataDir?: string;
  readonly memory?: true;
  readonly properties?: string;
  readonly metricsPort?: number;
  /** False with `--no-metrics`. */
  readonly metrics: boolean;
  readonly config: ReadonlyMap<string, string>;
}

/** Exit codes: what a script may want to tell apart. */
const EXIT = { failed: 1, misused: 2 } as const;

export function startCommand(): Command {
  return new Command('start')
    .description('run a broker')
    .addOption(
      new Option('-p, --port <port>', `port to listen on, 0 for any free one (default ${DEFAULT_PORT})`).argParser(
        port,
      ),
    )
    .addOption(
      new Option('-d, --data-dir <folder>', `where everything is kept (default ${DEFAULT_DATA_DIR})`).conflicts(
        'memory',
      ),
    )
    .option('--memory', 'keep nothing: the broker lives in memory')
    .option('--properties <file>', 'a server.properties file of Apache Kafka')
    .addOption(
      new Option(
        '--metrics-port <port>',
        `port for /metrics and /health over HTTP, 0 for any free one (default ${DEFAULT_METRICS_PORT}, for this machine only)`,
      ).argParser(port),
    )
    .option('--no-metrics', 'measure nothing, and show no metrics')
    .option(
      '-c, --config <name=value...>',
      'any broker config of Apache Kafka; may be repeated',
      collect,
      new Map<string, string>(),
    )
    .action(start);
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) throw new InvalidArgumentError('a port is a number from 0 to 65535.');
  return value;
}

function collect(text: string, before: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('say it as name=value.');
  return new Map([...before, [text.slice(0, equals).trim(), text.slice(equals + 1).trim()]]);
}

async function start(options: StartOptions): Promise<void> {
  const logger = consoleLogger();
  try {
    const settled = settings(options);
    for (const note of settled.notes) logger.warn(note);
    const inMemory = options.memory === true;
    const fs = inMemory ? new MemoryFileSystem() : diskFileSystem;
    const world = { fs, clock: systemClock, random: systemRandom, logger };
    const broker = await startBroker(settled.config, settled.listeners, world, settled.metrics);
    stopOnSignal(broker);
    stopOnFailure(broker);
    announce(
      broker,
      inMemory
        ? 'in memory'
        : settled.config
            .get('log.dirs')
            .map((path) => resolve(path))
            .join(', '),
    );
    if (wasAdvertised(settled, options)) void warnOfUnreachable(broker, logger);
  } catch (error) {
    if (!isForTheUser(error)) throw error;
    complain(error);
    process.exit(error instanceof UnusableConfigError ? EXIT.misused : EXIT.failed);
  }
}

/** Whether clients are told an address that somebody wrote down, and not just that of this machine. */
const wasAdvertised = ({ config }: Settled, { properties }: StartOptions): boolean =>
  properties !== undefined || config.isSet('advertised.listeners');

/** Only a warning: what this machine cannot reach, clients elsewhere may. */
async function warnOfUnreachable({ addresses }: Broker, logger: Logger): Promise<void> {
  for (const { listener, host, port } of addresses) {
    const why = await unreachable({ host, port }, systemClock);
    if (why === undefined) continue;
    logger.warn(
      `clients of ${listener} are told to connect to ${host}:${port}, and this machine cannot: ${why}; ` +
        'set advertised.listeners to an address that your clients can reach',
    );
  }
}

/** Later sources win: the file, then KAFKA_* variables, then flags. */
function settings(options: StartOptions): Settled {
  refuseContradictions(options);
  const given = new Map<string, string>();
  if (options.properties !== undefined) add(given, parseProperties(readText(options.properties)));
  // Other programs keep variables under the same prefix: only what names a config is meant for us.
  add(given, new Map([...environmentProperties(process.env)].filter(([name]) => brokerConfigs.has(name))));
  add(given, metricsEnvironment(process.env));
  add(given, options.config);
  if (options.metricsPort !== undefined) given.set(metricsConfigs.listener, `:${options.metricsPort}`);
  else if (!options.metrics) given.set(metricsConfigs.listener, '');
  // As with the listener of clients: what nobody chose is for this machine.
  else if (!given.has(metricsConfigs.listener)) given.set(metricsConfigs.listener, `localhost:${DEFAULT_METRICS_PORT}`);
  if (options.port !== undefined || !given.has('listeners'))
    given.set('listeners', `PLAINTEXT://:${options.port ?? DEFAULT_PORT}`);
  if (options.memory === true) given.set('log.dirs', '/memory');
  else if (options.dataDir !== undefined || !(given.has('log.dirs') || given.has('log.dir')))
    given.set('log.dirs', options.dataDir ?? DEFAULT_DATA_DIR);
  // A listener on all interfaces that nobody chose is for this machine; one that was asked for is for others too.
  return settle(given, { wildcardHost: options.properties === undefined ? 'localhost' : hostname() });
}

/** A later source wins over an earlier one; but of two flags, neither is later. */
function refuseContradictions({ port, dataDir, memory, metricsPort, metrics, config }: StartOptions): void {
  const twice = (flag: string, name: string, what: string): ConfigProblem[] =>
    config.has(name) ? [{ name, message: `${flag} and --config ${name} both say ${what}: give one of them` }] : [];
  const folder = dataDir !== undefined ? '--data-dir' : memory === true ? '--memory' : undefined;
  const problems = [
    ...(port === undefined ? [] : twice('--port', 'listeners', 'where to listen')),
    ...(metricsPort === undefined ? [] : twice('--metrics-port', metricsConfigs.listener, 'where metrics are shown')),
    ...(metrics ? [] : twice('--no-metrics', metricsConfigs.listener, 'whether metrics are shown')),
    ...(metrics || metricsPort === undefined
      ? []
      : [{ name: '--no-metrics', message: '--no-metrics and --metrics-port contradict each other: give one of them' }]),
    ...(folder === undefined
      ? []
      : ['log.dirs', 'log.dir'].flatMap((name) => twice(folder, name, 'where to keep data'))),
  ];
  if (problems.length > 0) throw new UnusableConfigError(problems);
}

function add(target: Map<string, string>, source: ReadonlyMap<string, string>): void {
  for (const [name, value] of source) target.set(name, value);
}

function readText(path: string): string {
  try {
    return diskFileSystem.readFile(path).toString('utf8');
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const message = `--properties ${path} cannot be read: ${adviceOn(error) ?? error.code}`;
    throw new UnusableConfigError([{ name: '--properties', message }]);
  }
}

function announce({ addresses }: Broker, where: string): void {
  const at = addresses.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(', ');
  process.stdout.write(
    `Ottla is ready on ${at}, data ${where.startsWith('in ') ? where : `in ${where}`} (${Math.round(systemClock.elapsed())} ms)\n`,
  );
}

function stopOnSignal(broker: Broker): void {
  let stopping = false;
  const stop = (): void => {
    // Asked twice: someone is in a hurry.
    if (stopping) process.exit(EXIT.failed);
    stopping = true;
    broker.close().then(
      () => process.exit(0),
      (error: Error) => {
        process.stderr.write(`ottla: the broker did not stop cleanly: ${error.message}\n`);
        process.exit(EXIT.failed);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** Apache Kafka's broker halts too when its last log directory, or its metadata log, fails. */
function stopOnFailure(broker: Broker): void {
  void broker.failed.then(async (error) => {
    await broker.close().catch(() => {});
    complain(error, 'the broker cannot go on: ');
    process.exit(EXIT.failed);
  });
}

function isForTheUser(error: unknown): error is Error {
  return (
    error instanceof UnusableConfigError ||
    error instanceof LogDirectoryError ||
    error instanceof MetadataLogError ||
    error instanceof ListenError ||
    error instanceof FileError
  );
}
