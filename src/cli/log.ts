import { once } from 'node:events';
import { basename, dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { diskFileSystem as fs, FileError, systemClock, systemRandom } from '../base/index.ts';
import {
  bytesToVerify,
  dumpFile,
  partitionsOf,
  repair,
  verifyDirectory,
  type Finding,
  type Item,
} from '../storage/inspection/index.ts';
import {
  consumerOffsetsLog,
  decodeMetadataRecord,
  shareGroupStateLog,
  transactionStateLog,
} from '../wire/messages/index.ts';
import { COMPRESSION_TYPES, prepareCompression } from '../wire/records/index.ts';
import { consoleLogger } from './console-logger.ts';
import { Progress } from './progress.ts';

/** Exit codes, as in docs/configuration.md. */
const EXIT = { failed: 1, damaged: 3 } as const;

/** `ottla log`: looks into a data folder without a broker. */
export function logCommand(): Command {
  return new Command('log')
    .description('look into, check or repair the files of a data folder that no broker uses')
    .addCommand(
      new Command('dump')
        .description('tell what is in files of a data folder, or in a partition folder')
        .argument('<path...>', 'segments, indexes, snapshots, checkpoints, or folders of partitions')
        .option('-r, --records', 'the records too, not their batches alone')
        .option('--json', 'a JSON object per line')
        .action(forTheUser(dump)),
    )
    .addCommand(
      new Command('verify')
        .description('read everything in data folders and report what is damaged; exit code 3 when something is')
        .argument('<folder...>', 'what --data-dir or log.dirs name')
        .action(forTheUser(verify)),
    )
    .addCommand(
      new Command('repair')
        .description('rebuild what can be rebuilt and cut out damaged batches, keeping their bytes beside the folder')
        .argument('<folder...>', 'what --data-dir or log.dirs name')
        .action(forTheUser(mend)),
    );
}

function forTheUser<A extends unknown[]>(action: (...args: A) => Promise<void>): (...args: A) => Promise<void> {
  return async (...args) => {
    try {
      await action(...args);
    } catch (error) {
      if (!(error instanceof FileError || error instanceof NotADataFolderError)) throw error;
      process.stderr.write(`ottla: ${error instanceof FileError ? explained(error) : error.message}\n`);
      process.exitCode = EXIT.failed;
    }
  };
}

/** What a person needs to know of the errors that are theirs. */
function explained({ code, path, message }: FileError): string {
  switch (code) {
    case 'ELOCKED':
      return `${path} is in use by a broker: stop it first`;
    case 'ENOENT':
      return `${path} does not exist`;
    case 'ENOTDIR':
      return `${path} is not a folder`;
    default:
      return message;
  }
}

/** Nothing to verify is no proof that all is well. */
class NotADataFolderError extends Error {
  override name = 'NotADataFolderError';

  constructor(folder: string) {
    super(`${folder} is not a data folder: it holds no partitions; name the folder that --data-dir or log.dirs name`);
  }
}

/** Claims a data folder, as a broker would. @throws FileError, NotADataFolderError */
function claim(folder: string): { release(): void } {
  if (partitionsOf(fs, folder).length === 0) throw new NotADataFolderError(folder);
  return fs.lock(folder);
}

/** Codecs are loaded when they are first needed; here any may be. */
async function prepareAll(): Promise<void> {
  for (const type of COMPRESSION_TYPES) await prepareCompression(type);
}

async function dump(paths: string[], options: { readonly records?: true; readonly json?: true }): Promise<void> {
  await prepareAll();
  // Whoever reads has seen enough, as with `| head`.
  process.stdout.on('error', () => process.exit(0));
  for (const given of paths) {
    const isFolder = fs.info(given)?.isDirectory === true;
    const files = isFolder ? segmentsFirst(fs.list(given)).map((name) => join(given, name)) : [given];
    for (const path of files) {
      if (fs.info(path)?.isDirectory === true) continue;
      if (options.json !== true) await print(`# ${path}`);
      const decode = decoderOf(basename(dirname(resolve(path))));
      for (const item of dumpFile(path, { fs, withRecords: options.records === true, decode })) {
        await print(options.json === true ? json({ path, ...item }) : line(item));
      }
    }
  }
}

/** What most want to see of a folder stands before the indexes. */
function segmentsFirst(names: readonly string[]): string[] {
  const isSegment = (name: string): boolean => name.endsWith('.log');
  return [...names.filter(isSegment), ...names.filter((name) => !isSegment(name))];
}

/** A line on stdout, no faster than its reader. */
async function print(text: string): Promise<void> {
  if (!process.stdout.write(`${text}\n`)) await once(process.stdout, 'drain');
}

type Decode = (key: Buffer | null, value: Buffer | null, isControl: boolean) => unknown;

/** What the records of internal topics say; other topics' records are their owners' affair. */
function decoderOf(partition: string): Decode | undefined {
  const topic = partition.replace(/-\d+$/, '');
  const keyed = (log: { decode(key: Buffer, value: Buffer | null): unknown }): Decode => {
    return (key, value, isControl) => (key === null || isControl ? { key, value } : log.decode(key, value));
  };
  switch (topic) {
    case '__consumer_offsets':
      return keyed(consumerOffsetsLog);
    case '__transaction_state':
      return keyed(transactionStateLog);
    case '__share_group_state':
      return keyed(shareGroupStateLog);
    case '__cluster_metadata':
      return (key, value, isControl) => (value === null || isControl ? { key, value } : decodeMetadataRecord(value));
    default:
      return undefined;
  }
}

function line({ kind, ...fields }: Item): string {
  const words = Object.entries(fields).map(([name, value]) => {
    return `${name}=${typeof value === 'string' ? value : json(value)}`;
  });
  return [kind, ...words].join(' ');
}

/** Bytes as text where they are, else in base64; integers beyond 2^53 as text. */
function json(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, name: string, told: unknown) {
    const plain = this[name];
    if (Buffer.isBuffer(plain)) {
      const text = plain.toString('utf8');
      return Buffer.from(text, 'utf8').equals(plain) ? text : plain.toString('base64');
    }
    return typeof plain === 'bigint' ? String(plain) : told;
  });
}

async function verify(folders: string[]): Promise<void> {
  await prepareAll();
  let found = 0;
  for (const folder of folders) {
    const lock = claim(folder);
    try {
      found += findingsIn(folder).length;
    } finally {
      lock.release();
    }
  }
  process.stdout.write(found === 0 ? 'everything is as it should be\n' : `${count(found, 'problem')} found\n`);
  if (found > 0) process.exitCode = EXIT.damaged;
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

function findingsIn(folder: string): Finding[] {
  const findings: Finding[] = [];
  const progress = new Progress(`verifying ${folder}`, bytesToVerify(fs, folder));
  const steps = verifyDirectory(fs, folder, (finding) => {
    findings.push(finding);
    progress.clear();
    const { path, position, problem, remedy } = finding;
    process.stdout.write(`${path}${position === undefined ? '' : ` at ${position}`}: ${problem} [${remedy}]\n`);
  });
  for (const bytes of steps) progress.add(bytes);
  progress.clear();
  return findings;
}

async function mend(folders: string[]): Promise<void> {
  await prepareAll();
  const logger = consoleLogger();
  let left = 0;
  for (const folder of folders) {
    const lock = claim(folder);
    try {
      const findings = findingsIn(folder);
      const damagedDirectory = `${resolve(folder)}.damaged`;
      const world = { fs, clock: systemClock, random: systemRandom, logger };
      for (const { path, done } of repair(findings, { ...world, directory: folder, damagedDirectory }))
        process.stdout.write(`${path}: ${done}\n`);
      if (findings.length > 0) left += findingsIn(folder).length;
    } finally {
      lock.release();
    }
  }
  process.stdout.write(left === 0 ? 'everything is as it should be\n' : `${count(left, 'problem')} left\n`);
  if (left > 0) process.exitCode = EXIT.damaged;
}
