/**
 * A data folder that goes from broker to broker, each starting on what the others wrote and writing more of everything.
 * What a client sees must be the same before and after each change, and Apache Kafka's dump tool must read every file that
 * Ottla left.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFileSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Broker, reference, type BrokerKind } from '../brokers.ts';
import { Tally } from '../tally.ts';
import { compiledJava } from '../toolchain.ts';

const run = promisify(execFile);
const tally = new Tally('interchange');

const WAYS: readonly (readonly BrokerKind[])[] = [
  ['ottla', 'apache', 'ottla', 'apache'],
  ['apache', 'ottla', 'apache', 'ottla'],
];

/** What a client saw at the beginning and at the end of a leg. */
interface Leg {
  readonly found: readonly string[];
  readonly left: readonly string[];
}

async function leg(broker: Broker, number: number): Promise<Leg> {
  const classPath = await compiledJava([join(import.meta.dirname, 'Leg.java')]);
  const args = ['-Xmx512m', '-XX:+UseSerialGC', '-cp', classPath, 'Leg', broker.address, String(number)];
  const { stdout } = await run('java', args, { maxBuffer: 1 << 28, timeout: 120_000 });
  const lines = stdout.trim().split('\n');
  const border = lines.indexOf('written');
  return { found: lines.slice(0, border), left: lines.slice(border + 1) };
}

/** The first lines in which two tellings differ. */
function assertSame(found: readonly string[], left: readonly string[]): void {
  const here = new Set(found);
  const there = new Set(left);
  const lost = left.filter((line) => !here.has(line));
  const added = found.filter((line) => !there.has(line));
  assert.ok(
    lost.length + added.length === 0,
    `lost ${lost.length}: ${lost.slice(0, 4).join(' | ')}; added ${added.length}: ${added.slice(0, 4).join(' | ')}`,
  );
  assert.deepEqual(found, left);
}

/** Every file that the dump tool can read, by how it must be asked to. */
function filesToDump(folder: string): Readonly<Record<string, readonly string[]>> {
  const asked: Record<string, string[]> = {};
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    const partition = basename(dirname(path));
    const isOfMetadata = partition === '__cluster_metadata-0';
    if (!/\.(log|index|timeindex|txnindex|snapshot|checkpoint)$/.test(name) || partition.endsWith('-delete')) continue;
    const decoder =
      isOfMetadata && /\.(log|checkpoint)$/.test(name)
        ? '--cluster-metadata-decoder'
        : partition.startsWith('__consumer_offsets-') && name.endsWith('.log')
          ? '--offsets-decoder'
          : partition.startsWith('__transaction_state-') && name.endsWith('.log')
            ? '--transaction-log-decoder'
            : /\.(index|timeindex)$/.test(name)
              ? '--index-sanity-check'
              : '--deep-iteration';
    (asked[decoder] ??= []).push(path);
  }
  return asked;
}

const COMPLAINT = /isvalid: false|exception|mismatch|corrupt|could not|cannot|fail|invalid|not found|out of order/i;

async function dump(decoder: string, files: readonly string[]): Promise<void> {
  const tool = 'org.apache.kafka.tools.DumpLogSegments';
  const { stdout, stderr } = await run(reference, ['tool', tool, decoder, '--files', files.join(',')], {
    maxBuffer: 1 << 28,
  });
  const dumped = stdout.split('\n').filter((line) => line.startsWith('Dumping '));
  assert.equal(dumped.length, files.length, 'every file is dumped');
  const complaints = `${stdout}\n${stderr}`.split('\n').filter((line) => COMPLAINT.test(line) && !isPayload(line));
  assert.deepEqual(complaints.slice(0, 3), []);
}

/** Lines that tell what is in a record, where any word may stand. */
const isPayload = (line: string): boolean => /^\| offset: .*(payload|key): /.test(line);

for (const way of WAYS) {
  const [first = 'ottla', ...others] = way;
  const broker = await Broker.start(first);
  const at = (index: number): string => way.slice(0, index + 1).join(' > ');
  let left: readonly string[] = [];
  try {
    for (const [index, kind] of [first, ...others].entries()) {
      const isUp = await tally.check(
        `${at(index)}: starts`,
        async () => {
          if (index > 0) await broker.upAs(kind);
        },
        100_000,
      );
      if (!isUp) break;
      const isRead = await tally.check(
        `${at(index)}: everything is as it was left, and can be written on`,
        async () => {
          const seen = await leg(broker, index + 1);
          if (index > 0) assertSame(seen.found, left);
          const written = seen.left.filter((line) => line.includes(`leg ${index + 1} `));
          assert.ok(written.length > 2000, `${written.length} lines tell of what this leg wrote`);
          left = seen.left;
        },
        150_000,
      );
      const exitCode = await broker.down();
      await tally.check(`${at(index)}: stops cleanly`, () => {
        if (kind === 'ottla') assert.equal(exitCode, 0);
      });
      if (kind === 'ottla') {
        for (const [decoder, files] of Object.entries(filesToDump(broker.dataFolder)))
          await tally.check(`${at(index)}: the dump tool reads ${files.length} files with ${decoder}`, () =>
            dump(decoder, files),
          );
      }
      if (!isRead) break;
    }
  } finally {
    await broker.dispose();
  }
}
await goOnAfterKill();
tally.close();

/**
 * Ottla is killed, and Apache Kafka goes on with the folder. Behind the batches are zeros, as a log that grows fast has them while
 * the disk is busy; they are put there, so that it need not be.
 */
async function goOnAfterKill(): Promise<void> {
  const records = 40_000;
  const broker = await Broker.start('ottla');
  const tool = async (name: string, ...args: string[]): Promise<string> =>
    (await run(reference, ['tool', `org.apache.kafka.tools.${name}`, '--bootstrap-server', broker.address, ...args]))
      .stdout;
  const endOffset = async (): Promise<number> =>
    Number((await tool('GetOffsetShell', '--topic', 'fast')).trim().split(':')[2]);
  try {
    await tally.check('ottla, killed: what it acknowledged is in the file', async () => {
      const load = ['--topic', 'fast', '--num-records', String(records), '--record-size', '1024'];
      await tool('ProducerPerformance', ...load, '--throughput', '-1', '--command-property', 'acks=all');
      await broker.kill();
      const path = join(broker.dataFolder, 'fast-0', `${'0'.repeat(20)}.log`);
      assert.ok(statSync(path).size > records * 1024);
      appendFileSync(path, Buffer.alloc(1024 * 1024));
    });
    for (const kind of ['apache', 'ottla'] as const) {
      await tally.check(
        `ottla, killed > ${kind}: has every record, and none but them`,
        async () => {
          await broker.upAs(kind);
          assert.equal(await endOffset(), records);
          const all = ['--topic', 'fast', '--num-records', String(records), '--hide-header'];
          assert.equal(Number((await tool('ConsumerPerformance', ...all)).split(',')[4]), records);
          await broker.kill();
        },
        100_000,
      );
    }
  } finally {
    await broker.dispose();
  }
}
