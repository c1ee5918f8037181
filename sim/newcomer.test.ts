/** What goes wrong on somebody's first day is said in a line or two: what it is, what to do, and an exit code. */
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { settle, UnusableConfigError } from '../src/settings.ts';
import { encodeMetadataRecord, FeatureLevelRecord } from '../src/wire/messages/index.ts';
import { buildBatch, scanBatches } from '../src/wire/records/index.ts';
import { endAll, ottla, ready, type Run } from './command.ts';

jest.setTimeout(120_000);

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

let folder: string;
let running: Run;
let port: number;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ottla-newcomer-'));
  running = ottla(['start', '--port', '0', '--data-dir', join(folder, 'running')]);
  port = await ready(running);
});
afterAll(async () => {
  await endAll();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs it to its end, and checks that it says what is wrong in at most two lines of its own. */
async function fails(args: readonly string[], code: number, ...words: readonly RegExp[]): Promise<void> {
  const run = ottla(args);
  expect([await run.ended, run.output()]).toEqual([code, expect.any(String)]);
  const lines = run.output().trim().split('\n');
  expect(lines.length).toBeLessThanOrEqual(2);
  for (const word of words) expect(run.output()).toMatch(word);
}

const start = (...args: string[]): string[] => ['start', ...args];
/** Options of a broker that would start, were it not for what is wrong. */
const inMemory = (...configs: string[]): string[] => ['start', '--memory', ...configs.flatMap((each) => ['-c', each])];

describe('what cannot be started is exit code 1', () => {
  test('a port in use', () =>
    fails(start('--port', String(port), '--memory'), 1, /the port is in use; stop .* or choose/));

  test('a folder that another broker uses', () =>
    fails(
      start('--port', '0', '--data-dir', join(folder, 'running')),
      1,
      /in use by another broker: stop that one, or/,
    ));

  test('a host that is not of this machine', () =>
    fails(inMemory('listeners=PLAINTEXT://203.0.113.7:0'), 1, /the host is no address of this machine/));

  test('a file where the folder should be, or on the way to it', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'not a folder');
    await fails(start('--port', '0', '--data-dir', file), 1, /file.* name a folder/);
    await fails(start('--port', '0', '--data-dir', join(file, 'data')), 1, /a part of that path is a file/);
  });

  test('a folder of a later format, and one of another node', async () => {
    for (const [name, meta, why] of [
      ['later', 'version=2\ncluster.id=c\nnode.id=1\n', /has version 2, and only version 1 is known: use a broker of/],
      ['other', 'version=1\ncluster.id=c\nnode.id=7\n', /belongs to node 7, and this is node 1: set node.id to 7, or/],
    ] as const) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'meta.properties'), meta);
      await fails(start('--port', '0', '--data-dir', join(folder, name)), 1, why);
    }
  });

  (isRoot ? test : test.skip)('a folder that this user may not write to', async () => {
    const own = join(folder, 'own');
    mkdirSync(own, { mode: 0o700 });
    const run = ottla(start('--port', '0', '--data-dir', join(own, 'data')), { as: NOBODY });
    // The sources must be readable for that user: where they are not, there is nothing to see here.
    const code = await run.ended;
    if (/Cannot find|EACCES.*open/.test(run.output())) return;
    expect([code, run.output()]).toEqual([1, expect.stringMatching(/this user may not; give it the right, or choose/)]);
  });
});

describe('metadata of a later release', () => {
  const data = (): string => join(folder, 'data');
  const log = (): string => join(data(), '__cluster_metadata-0', '00000000000000000000.log');

  /** Appends a batch with this record to the metadata log, as a later release would have written it. */
  function append(before: Buffer, value: Buffer): void {
    const { batches } = scanBatches(before);
    const last = [...batches].at(-1);
    const batch = buildBatch({
      baseOffset: (last?.lastOffset ?? -1) + 1,
      partitionLeaderEpoch: last?.partitionLeaderEpoch ?? 0,
      records: [{ timestampMs: 1000, key: null, value, headers: [] }],
    });
    writeFileSync(log(), before);
    appendFileSync(log(), batch);
  }

  test.each([
    [
      'a feature level',
      /metadata.version is finalized at 99; this release serves .*: use the release that wrote it, or/,
      level(99),
    ],
    [
      'a record type',
      /of a later release .*: use the release that wrote it, or another directory/,
      Buffer.from([1, 127, 0, 0]),
    ],
  ] as const)('%s that is not known', async (_, why, record) => {
    const first = ottla(start('--port', '0', '--data-dir', data()));
    await ready(first);
    first.process.kill('SIGTERM');
    await first.ended;
    const before = readFileSync(log());
    append(before, record);
    await fails(start('--port', '0', '--data-dir', data()), 1, why);
    writeFileSync(log(), before);
  });
});

function level(featureLevel: number): Buffer {
  return encodeMetadataRecord(FeatureLevelRecord, 0, { name: 'metadata.version', featureLevel });
}

describe('what was not said right is exit code 2', () => {
  test.each([
    ['a value that cannot be', inMemory('num.partitions=none'), /num.partitions cannot be 'none': it must be a whole/],
    [
      'a port twice',
      start('--memory', '--port', '1', '-c', 'listeners=PLAINTEXT://:2'),
      /--port and .*listeners both say where/,
    ],
    ['a flag nobody has', start('--flag-nobody-has'), /unknown option/],
    ['a command nobody has', ['strat'], /unknown command .*\n.*start/],
    ['a folder twice', start('--data-dir', 'a', '-c', 'log.dirs=b'), /--data-dir and .*log.dirs both say where/],
    [
      'a file that is not there',
      start('--properties', '/nowhere/at-all.properties'),
      /cannot be read: there is no such file/,
    ],
  ] as const)('%s', (_, args, why) => fails(args, 2, why));

  test.each([
    ['two ids', { 'node.id': '1', 'broker.id': '2' }, /node.id: broker.id must be the same/],
    ['a protocol not served', { listeners: 'SSL://:0' }, /SSL.* not served yet: only PLAINTEXT is/],
    [
      'one of several nodes',
      { 'process.roles': 'broker' },
      /process.roles is broker: .* set broker,controller, or leave/,
    ],
    [
      'a quorum',
      { 'controller.quorum.voters': '1@a:1,2@b:1' },
      /controller.quorum.voters names 2 controllers, .* name this node only/,
    ],
    [
      'an address that nobody can connect to',
      { listeners: 'PLAINTEXT://:0', 'advertised.listeners': 'PLAINTEXT://0.0.0.0:1' },
      /clients cannot connect to 0.0.0.0/,
    ],
  ] as const)('%s', (_, configs, why) => {
    const given = new Map(Object.entries(configs));
    expect(() => settle(given, { wildcardHost: 'localhost' })).toThrow(UnusableConfigError);
    expect(() => settle(given, { wildcardHost: 'localhost' })).toThrow(why);
  });
});

test('an advertised address that cannot be reached is only warned about', async () => {
  const configs = ['listeners=PLAINTEXT://127.0.0.1:0', 'advertised.listeners=PLAINTEXT://no-such-host.invalid:9092'];
  const run = ottla(inMemory(...configs));
  await ready(run);
  while (!run.output().includes('advertised.listeners')) await new Promise((done) => setTimeout(done, 50));
  expect(run.output()).toMatch(
    /no-such-host.invalid:9092, and this machine cannot: there is no such host; set advertised/,
  );
});
