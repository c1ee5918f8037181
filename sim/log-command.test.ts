/** `ottla log` as an operator meets it, from the sources. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { diskFileSystem, SeededRandom, silentLogger, systemClock } from '../src/base/index.ts';
import { defaultLogConfig, LogDirectory } from '../src/storage/index.ts';
import { buildBatch } from '../src/wire/records/index.ts';

jest.setTimeout(120_000);

const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
const root = fileURLToPath(new URL('..', import.meta.url));
let folder: string;

/** A folder that was stopped cleanly, with one topic of a hundred records. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ottla-log-'));
  const directory = LogDirectory.open({
    fs: diskFileSystem,
    clock: systemClock,
    random: new SeededRandom(1),
    logger: silentLogger,
    path: join(folder, 'data'),
    nodeId: 1,
    producerIdExpirationMs: 86_400_000,
  });
  const log = directory.openLog({ topic: 'orders', partition: 0, config: defaultLogConfig });
  for (let i = 0; i < 100; i++) {
    const record = { timestampMs: i, key: Buffer.from(`key ${i}`), value: Buffer.from(`value ${i}`) };
    log.append(buildBatch({ baseOffset: 0, records: [record] }), { leaderEpoch: 0, origin: 'client' });
  }
  directory.close({ brokerEpoch: 1 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function ottlaLog(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ['--import', 'tsx', main, 'log', ...args], { cwd: root, encoding: 'utf8' });
}

describe('ottla log', () => {
  test('dump tells every record, as lines or as JSON', () => {
    const partition = join(folder, 'data', 'orders-0');
    const text = ottlaLog('dump', '--records', partition);
    expect(text.status).toBe(0);
    expect(text.stdout).toMatch(/^record offset=99 timestampMs=99 key="key 99" value="value 99"$/m);
    const json = ottlaLog('dump', '--records', '--json', join(partition, '00000000000000000000.log'));
    const items = json.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(items.filter(({ kind }) => kind === 'record')).toHaveLength(100);
    expect(items[1]).toMatchObject({ kind: 'record', offset: 0, key: 'key 0', value: 'value 0' });
  });

  test('verify finds damage with exit code 3; repair mends it and keeps the bytes', () => {
    const data = join(folder, 'data');
    expect(ottlaLog('verify', data)).toMatchObject({ status: 0, stdout: 'everything is as it should be\n' });
    const segment = join(data, 'orders-0', '00000000000000000000.log');
    const bytes = readFileSync(segment);
    bytes[bytes.length - 10] = 0xff;
    writeFileSync(segment, bytes);
    const verified = ottlaLog('verify', data);
    expect(verified.status).toBe(3);
    expect(verified.stdout).toContain(`${segment} at `);
    expect(verified.stdout).toContain('the crc of the batch at offset 99 does not match');
    const repaired = ottlaLog('repair', data);
    expect(repaired).toMatchObject({ status: 0 });
    expect(repaired.stdout).toMatch(/cut \d+ bytes out at position/);
    expect(readdirSync(join(folder, 'data.damaged', 'orders-0'))).toHaveLength(1);
    expect(ottlaLog('verify', data).status).toBe(0);
  });

  test('a folder without partitions is not declared to be in order', () => {
    for (const path of [folder, join(folder, 'data', 'orders-0')]) {
      const { status, stdout, stderr } = ottlaLog('verify', path);
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toContain(`${path} is not a data folder: it holds no partitions`);
    }
  });

  test('dump tells segments before indexes', () => {
    const { stdout } = ottlaLog('dump', join(folder, 'data', 'orders-0'));
    expect(stdout.split('\n')[0]).toMatch(/^# .*\.log$/);
  });

  test('a folder that is not there, and one that is in use, are said in words, with exit code 1', () => {
    const missing = ottlaLog('verify', join(folder, 'nowhere'));
    expect(missing.status).toBe(1);
    expect(missing.stderr).toContain('does not exist');
    const lock = diskFileSystem.lock(join(folder, 'data'));
    const used = ottlaLog('verify', join(folder, 'data'));
    lock.release();
    expect(used.status).toBe(1);
    expect(used.stderr).toContain('in use by a broker');
  });
});
