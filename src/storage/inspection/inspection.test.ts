import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { SeededRandom, silentLogger } from '../../base/index.ts';
import { wasStoppedCleanly, writeCleanShutdown } from '../clean-shutdown.ts';
import { append, LogFixture, read, values } from '../log-fixture.ts';
import { dumpFile, repair, verifyDirectory, type Finding } from './index.ts';

const FOLDER = '/data';
const DAMAGED = '/data.damaged';

/** A log of several segments with an idempotent producer, an aborted transaction and three leader epochs, closed. */
function closedLog(): LogFixture {
  const kit = new LogFixture();
  const log = kit.open({ segmentBytes: 700, indexIntervalBytes: 100 });
  for (let step = 0; step < 20; step++) {
    kit.clock.advance(10);
    const producer = { producerId: 7, producerEpoch: 0, baseSequence: step * 2 };
    append(log, kit.batch([`${step}.0`, `${step}.1`], producer), Math.floor(step / 8));
    kit.endTurn();
  }
  append(log, kit.batch(['undone'], { producerId: 8, producerEpoch: 0, baseSequence: 0, isTransactional: true }), 2);
  append(log, kit.marker(8, 0, 'ABORT'), 2, 'coordinator');
  kit.endTurn();
  log.close();
  writeCleanShutdown(kit.fs, FOLDER, 1);
  return kit;
}

function findings({ fs }: LogFixture): Finding[] {
  const found: Finding[] = [];
  for (const bytes of verifyDirectory(fs, FOLDER, (finding) => found.push(finding))) expect(bytes).toBeGreaterThan(0);
  return found;
}

function mend(kit: LogFixture): string[] {
  const { fs, clock } = kit;
  const world = { fs, clock, random: new SeededRandom(1), logger: silentLogger };
  return repair(findings(kit), { ...world, directory: FOLDER, damagedDirectory: DAMAGED }).map(({ done }) => done);
}

function kept(kit: LogFixture): string[] {
  const log = kit.open({}, { cleanShutdown: wasStoppedCleanly(kit.fs, FOLDER) });
  const all = values(read(log)).filter((value) => /^[\du]/.test(value));
  log.close();
  return all;
}

function names({ fs, directory }: LogFixture, suffix: string): string[] {
  return fs.list(directory).filter((name) => name.endsWith(suffix));
}

function flip(kit: LogFixture, name: string, at: number): string {
  const path = join(kit.directory, name);
  const bytes = Buffer.from(kit.fs.readFile(path));
  bytes[at] = (bytes[at] as number) ^ 0x10;
  kit.fs.replaceFile(path, bytes);
  return path;
}

/** As `Headroom` puts them there. */
function putZerosBehind(kit: LogFixture, name: string): { path: string; position: number } {
  const path = join(kit.directory, name);
  const file = kit.fs.open(path);
  const position = file.size();
  file.write([Buffer.alloc(1_000)], position);
  file.close();
  return { path, position };
}

describe('a sound folder', () => {
  test('gives no findings', () => {
    const kit = closedLog();
    expect(names(kit, '.log').length).toBeGreaterThan(2);
    expect(names(kit, '.txnindex')).toHaveLength(1);
    expect(findings(kit)).toEqual([]);
  });

  test('nor one that was not stopped cleanly, of what the next start settles', () => {
    const kit = closedLog();
    kit.fs.remove(join(FOLDER, '.kafka_cleanshutdown'));
    kit.fs.remove(join(kit.directory, 'leader-epoch-checkpoint'));
    expect(findings(kit)).toEqual([]);
  });
});

describe('zeros behind the batches', () => {
  test('belong to a log that grows fast, at its end', () => {
    const kit = closedLog();
    const name = names(kit, '.log').at(-1) as string;
    const { position } = putZerosBehind(kit, name);
    expect(findings(kit)).toEqual([]);
    expect(
      [...dumpFile(join(kit.directory, name), { fs: kit.fs, withRecords: false, decode: undefined })].at(-1),
    ).toEqual({ kind: 'zeros', position, bytes: 1_000 });
  });

  test('are damage before other segments, and leave with other damage', () => {
    const kit = closedLog();
    const [first = '', ...rest] = names(kit, '.log');
    const { path, position } = putZerosBehind(kit, first);
    expect(findings(kit)).toEqual([expect.objectContaining({ path, position, remedy: 'cut out' })]);
    const last = rest.at(-1) as string;
    putZerosBehind(kit, last);
    flip(kit, last, 70);
    mend(kit);
    expect(findings(kit)).toEqual([]);
    expect(kit.fs.info(join(kit.directory, last))?.size).toBeLessThan(1_000);
  });
});

describe('a damaged batch', () => {
  test('is found wherever a byte of it is flipped', () => {
    const kit = closedLog();
    const [, name = ''] = names(kit, '.log');
    const good = kit.fs.readFile(join(kit.directory, name));
    for (let at = 0; at < good.length; at++) {
      const path = flip(kit, name, at);
      const damage = findings(kit).filter((finding) => finding.path === path && finding.remedy === 'cut out');
      // The leader epoch is not covered by a batch's crc: the checkpoint of epochs tells.
      const isEpoch = findings(kit).some((finding) => finding.path.endsWith('leader-epoch-checkpoint'));
      expect(damage.length > 0 || isEpoch).toBe(true);
      for (const { position = Infinity } of damage) expect(position).toBeLessThanOrEqual(at);
      kit.fs.replaceFile(path, good);
    }
  });

  test('is cut out with what follows it kept, and its bytes put aside', () => {
    const kit = closedLog();
    const before = kept(kit);
    writeCleanShutdown(kit.fs, FOLDER, 1);
    const [, name = ''] = names(kit, '.log');
    const size = kit.fs.info(join(kit.directory, name))?.size ?? 0;
    flip(kit, name, 70);
    expect(mend(kit)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^cut \d+ bytes out at position 0, kept/)]),
    );
    expect(findings(kit)).toEqual([]);
    const after = kept(kit);
    expect(before.filter((value) => !after.includes(value))).toHaveLength(2);
    expect(after).toEqual(before.filter((value) => after.includes(value)));
    const [aside = ''] = kit.fs.list(join(DAMAGED, 'orders-0'));
    const lost = kit.fs.info(join(DAMAGED, 'orders-0', aside))?.size ?? 0;
    expect((kit.fs.info(join(kit.directory, name))?.size ?? 0) + lost).toBe(size);
  });

  test('whose length is nonsense does not hide the batches behind it', () => {
    const kit = closedLog();
    const before = kept(kit);
    writeCleanShutdown(kit.fs, FOLDER, 1);
    flip(kit, names(kit, '.log')[0] ?? '', 9);
    mend(kit);
    expect(kept(kit)).toHaveLength(before.length - 2);
  });

  test('of the metadata log is reported and left alone', () => {
    const kit = closedLog();
    kit.fs.rename(kit.directory, join(FOLDER, '__cluster_metadata-0'));
    const path = join(FOLDER, '__cluster_metadata-0', '00000000000000000000.log');
    const bytes = Buffer.from(kit.fs.readFile(path));
    bytes[70] = (bytes[70] as number) ^ 1;
    kit.fs.replaceFile(path, bytes);
    expect(findings(kit).map((finding) => finding.path)).toContain(path);
    expect(mend(kit)).toEqual([]);
    expect(kit.fs.readFile(path)).toEqual(bytes);
  });
});

describe('a file made from the batches', () => {
  test.each([
    ['.index', 1],
    ['.timeindex', 2],
    ['.txnindex', 9],
    ['.snapshot', 30],
  ])('%s is found when it says something else, and made anew', (suffix, at) => {
    const kit = closedLog();
    const before = kept(kit);
    writeCleanShutdown(kit.fs, FOLDER, 1);
    const path = flip(kit, names(kit, suffix).at(-1) ?? '', at);
    expect(findings(kit)).toEqual([expect.objectContaining({ path, remedy: 'rebuild' })]);
    expect(mend(kit)).toEqual(['made anew']);
    expect(findings(kit)).toEqual([]);
    expect(kept(kit)).toEqual(before);
  });

  test('leader epochs are held against those of the batches', () => {
    const kit = closedLog();
    const path = join(kit.directory, 'leader-epoch-checkpoint');
    kit.fs.replaceFile(path, '0\n2\n0 0\n1 18\n');
    expect(findings(kit)).toEqual([
      expect.objectContaining({ path, problem: expect.stringContaining('epoch 0 of offset 16') }),
    ]);
    mend(kit);
    expect(findings(kit)).toEqual([]);
    expect(kit.fs.readFile(path).toString()).toMatch(/^0\n3\n0 0\n1 16\n2 32\s*$/);
  });

  test('a checkpoint is named once, with the line', () => {
    const kit = closedLog();
    const path = flip(kit, 'leader-epoch-checkpoint', 4);
    expect(findings(kit)).toEqual([{ path, problem: expect.stringMatching(/^line \d+: /), remedy: 'rebuild' }]);
  });

  test('a missing index of a closed segment is found', () => {
    const kit = closedLog();
    const [name = ''] = names(kit, '.index');
    kit.fs.remove(join(kit.directory, name));
    expect(findings(kit)).toEqual([expect.objectContaining({ problem: 'is missing' })]);
    mend(kit);
    expect(findings(kit)).toEqual([]);
  });
});

test.each([
  ['what is no checkpoint', '0\n1\norders 0\n'],
  ['an offset beyond the end of a log', '0\n1\norders 0 1000\n'],
])('a checkpoint that says %s is found and made anew', (_, text) => {
  const kit = closedLog();
  const path = join(FOLDER, 'recovery-point-offset-checkpoint');
  kit.fs.replaceFile(path, text);
  expect(findings(kit)).toEqual([expect.objectContaining({ path, remedy: 'rebuild' })]);
  mend(kit);
  expect(findings(kit)).toEqual([]);
});

describe('a dump', () => {
  function dump(kit: LogFixture, name: string, decode?: () => unknown): Record<string, unknown>[] {
    return [...dumpFile(join(kit.directory, name), { fs: kit.fs, withRecords: true, decode })];
  }

  test('tells batches and records, and goes over damage', () => {
    const kit = closedLog();
    const [name = ''] = names(kit, '.log');
    flip(kit, name, 70);
    const items = dump(kit, name);
    expect(items[0]).toMatchObject({ kind: 'damage', position: 0 });
    expect(items[1]).toMatchObject({ kind: 'batch', baseOffset: 2, lastOffset: 3, producerId: 7, baseSequence: 2 });
    expect(items[2]).toMatchObject({ kind: 'record', offset: 2, value: Buffer.from('1.0') });
    expect(dump(kit, name, () => 'told')[2]).toMatchObject({ content: 'told' });
  });

  test('of later segments knows where they begin', () => {
    const kit = closedLog();
    for (const name of names(kit, '.log')) {
      const baseOffset = Number(name.slice(0, 20));
      expect(dump(kit, name)[0]).toMatchObject({ kind: 'batch', baseOffset });
      for (const { offset } of dump(kit, name.replace('.log', '.index'))) {
        expect(offset).toBeGreaterThanOrEqual(baseOffset);
        expect(offset).toBeLessThan(baseOffset + 20);
      }
    }
  });

  test.each([
    ['.index', 'entry'],
    ['.timeindex', 'entry'],
    ['.txnindex', 'aborted'],
    ['.snapshot', 'producer'],
    ['leader-epoch-checkpoint', 'line'],
  ])('tells what is in a %s', (suffix, kind) => {
    const kit = closedLog();
    const items = names(kit, suffix).flatMap((name) => dump(kit, name));
    expect(items.length).toBeGreaterThan(0);
    expect(new Set(items.map((item) => item['kind']))).toEqual(new Set([kind]));
  });
});
