import { describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { MemoryFileSystem, RecordingLogger, SeededRandom, SimulatedClock } from '../base/index.ts';
import { scanBatches, type RecordBatch } from '../wire/records/index.ts';
import { append, LogFixture, read, values } from './log-fixture.ts';
import type { PartitionLog } from './partition-log.ts';

const settled = () => new Promise((done) => setImmediate(done));

function overwrite(kit: LogFixture, name: string, position: number, bytes: Buffer): void {
  const file = kit.fs.open(join(kit.directory, name));
  file.write([bytes], position);
  file.close();
}

/** Five segments of some batches each, with a producer, epochs and an aborted transaction. */
function fiveSegments() {
  const kit = new LogFixture();
  const config = { segmentBytes: 700, indexIntervalBytes: 50 };
  const log = kit.open(config);
  for (let i = 0; i < 36; i++) {
    kit.clock.advance(10);
    append(log, kit.batch([`v${i}`], { producerId: 5, producerEpoch: 0, baseSequence: i }), Math.floor(i / 10));
    if (i === 7)
      append(log, kit.batch(['t'], { producerId: 6, producerEpoch: 0, baseSequence: 0, isTransactional: true }));
    if (i === 9) append(log, kit.marker(6, 0, 'ABORT'), 0, 'coordinator');
  }
  kit.endTurn();
  const expected = describeLog(log);
  return { kit, config, log, expected };
}

function describeLog(log: PartitionLog) {
  return {
    end: log.logEndOffset,
    values: values(log.batches(0)).filter((value) => /^[vt]/.test(value)),
    aborted: log.abortedTransactions(0, log.logEndOffset),
    epochs: [0, 1, 2, 3].map((epoch) => log.endOffsetForEpoch(epoch)),
    producers: log.producers.length,
  };
}

describe('after an unclean stop', () => {
  test('everything that was written is there, wherever the recovery point was', () => {
    for (const recoveryPoint of [0, 1, 15, 30, 1000]) {
      const { kit, config, log, expected } = fiveSegments();
      log.flush();
      kit.kill(log);
      expect(describeLog(kit.open(config, { cleanShutdown: false, recoveryPoint }))).toEqual(expected);
    }
  });

  test('only what lies past the recovery point is read again', () => {
    const { kit, config, log, expected } = fiveSegments();
    log.flush();
    const { recoveryPoint } = log;
    for (const value of ['w0', 'w1']) append(log, kit.batch([value]), 3);
    kit.endTurn();
    kit.kill(log);
    const fs = kit.fs as MemoryFileSystem;
    const read = new Set<string>();
    fs.fault = (operation, path) => void (operation === 'read' && path.endsWith('.log') && read.add(path));
    const again = kit.open(config, { cleanShutdown: false, recoveryPoint });
    fs.fault = undefined;
    const last = fs
      .list(kit.directory)
      .findLast((name) => name.endsWith('.log') && Number(name.slice(0, 20)) <= recoveryPoint);
    expect([...read].map((path) => path.slice(-24)).sort()[0]).toBe(last);
    expect(again.segmentCount).toBeGreaterThan(read.size + 2);
    expect(again.logEndOffset).toBe(expected.end + 2);
  });

  test('a torn tail is cut, never a whole batch, and the log says where', () => {
    const { kit, config, log, expected } = fiveSegments();
    kit.kill(log);
    const name = kit.fs
      .list(kit.directory)
      .filter((file) => file.endsWith('.log'))
      .at(-1) as string;
    const size = kit.fs.info(join(kit.directory, name))?.size as number;
    for (const rest of [1, 16, 60, 61, 100]) {
      overwrite(kit, name, size, kit.batch(['torn', 'x'.repeat(50)]).subarray(0, rest));
      const logger = new RecordingLogger();
      const again = kit.open(config, { cleanShutdown: false, logger });
      expect(describeLog(again)).toEqual(expected);
      expect(logger.lines.find(({ fields }) => fields['position'] === size)?.fields['path']).toBe(
        join(kit.directory, name),
      );
      again.abandon();
    }
  });

  test('what follows a damaged batch is cut too', () => {
    const { kit, config, log } = fiveSegments();
    kit.kill(log);
    const name = kit.fs.list(kit.directory).filter((file) => file.endsWith('.log'))[1] as string;
    overwrite(kit, name, 90, Buffer.from([0xff, 0xff]));
    const again = kit.open(config, { cleanShutdown: false });
    expect(again.segmentCount).toBe(2);
    expect(again.logEndOffset).toBe(Number(name.slice(0, 20)) + 1);
    expect(append(again, kit.batch(['next'])).baseOffset).toBe(again.logEndOffset - 1);
  });

  test.each([0, 3])('what was appended behind a cut within a batch is there (recovery point %i)', (recoveryPoint) => {
    const kit = new LogFixture();
    const config = { segmentBytes: 250 };
    const log = kit.open(config);
    append(log, kit.batch(['a', 'b']));
    append(log, kit.batch(['cut', 'cut', 'cut']));
    log.truncateTo(4);
    expect(log.logEndOffset).toBe(4);
    const sent = Array.from({ length: 6 }, (_, i) => `${i}${'x'.repeat(120)}`);
    for (const [i, value] of sent.entries()) expect(append(log, kit.batch([value])).baseOffset).toBe(4 + i);
    expect(log.segmentCount).toBeGreaterThan(2);
    kit.endTurn();
    kit.kill(log);
    const again = kit.open(config, { cleanShutdown: false, recoveryPoint });
    expect([again.logEndOffset, values(again.batches(0))]).toEqual([10, ['a', 'b', ...sent]]);
  });

  test('a segment behind one that has lost its last batch is cut', () => {
    const { kit, config, log } = fiveSegments();
    kit.kill(log);
    const [first, second] = kit.fs.list(kit.directory).filter((file) => file.endsWith('.log')) as [string, string];
    const file = kit.fs.open(join(kit.directory, first));
    const { batches } = scanBatches(kit.fs.readFile(join(kit.directory, first)));
    const last = batches.at(-1) as RecordBatch;
    file.truncate(file.size() - last.sizeInBytes);
    file.close();
    const again = kit.open(config, { cleanShutdown: false });
    expect([again.segmentCount, again.logEndOffset]).toEqual([1, Number(second.slice(0, 20)) - 1]);
  });

  test('zeros after the last batch, as a file system leaves them, are cut', () => {
    const { kit, config, log, expected } = fiveSegments();
    kit.kill(log);
    const name = kit.fs
      .list(kit.directory)
      .filter((file) => file.endsWith('.log'))
      .at(-1) as string;
    overwrite(kit, name, kit.fs.info(join(kit.directory, name))?.size as number, Buffer.alloc(4096));
    expect(describeLog(kit.open(config, { cleanShutdown: false }))).toEqual(expected);
  });

  test('a log that ends before its start begins anew there', () => {
    const { kit, log } = fiveSegments();
    kit.kill(log);
    const again = kit.open({}, { cleanShutdown: false, logStartOffset: 100 });
    expect([again.logStartOffset, again.logEndOffset]).toEqual([100, 100]);
    expect(append(again, kit.batch(['a'])).baseOffset).toBe(100);
  });
});

describe('after a clean stop', () => {
  test('only the last segment is touched', () => {
    const { kit, config, log, expected } = fiveSegments();
    log.close();
    const fs = kit.fs as MemoryFileSystem;
    const opened: string[] = [];
    fs.fault = (operation, path) => void ((operation === 'open' || operation === 'read') && opened.push(path));
    const again = kit.open(config);
    const last = kit.fs
      .list(kit.directory)
      .filter((file) => file.endsWith('.log'))
      .at(-1) as string;
    const others = opened.filter((path) => /\.(log|index|timeindex)$/.test(path) && !path.includes(last.slice(0, 20)));
    expect(others).toEqual([]);
    expect(describeLog(again)).toEqual(expected);
  });

  test('a producer that sends its last five batches again is recognised, as it was before', () => {
    const kit = new LogFixture();
    const log = kit.open();
    const batch = (i: number) => kit.batch([`v${i}`], { producerId: 5, producerEpoch: 0, baseSequence: i });
    const other = (i: number) => kit.batch([`w${i}`], { producerId: 6, producerEpoch: 0, baseSequence: i });
    for (let i = 0; i < 8; i++) for (const records of [batch(i), other(i)]) append(log, records);
    log.close();
    const again = kit.open();
    for (const i of [3, 4, 5, 6, 7]) {
      expect(append(again, batch(i)).baseOffset).toBe(2 * i);
      expect(append(again, other(i)).baseOffset).toBe(2 * i + 1);
    }
    expect(() => append(again, batch(2))).toThrow('refused: 45');
    expect(append(again, batch(8)).baseOffset).toBe(16);
    expect(append(again, batch(4)).baseOffset).toBe(8);
    expect(() => append(again, batch(3))).toThrow('refused: 45');
  });

  test('batches of an epoch that is over are not recognised', () => {
    const kit = new LogFixture();
    const log = kit.open();
    for (const producerEpoch of [0, 1])
      append(log, kit.batch(['v'], { producerId: 5, producerEpoch, baseSequence: 0 }));
    append(log, kit.batch(['w'], { producerId: 5, producerEpoch: 1, baseSequence: 1 }));
    log.close();
    const again = kit.open();
    expect(append(again, kit.batch(['v'], { producerId: 5, producerEpoch: 1, baseSequence: 0 })).baseOffset).toBe(1);
    expect(() => append(again, kit.batch(['v'], { producerId: 5, producerEpoch: 0, baseSequence: 0 }))).toThrow(
      'refused: 47',
    );
  });

  test('missing indexes, snapshots and epochs are made anew and reported', async () => {
    const { kit, config, log, expected } = fiveSegments();
    const time = kit.clock.now() - 100;
    const found = await kit.settled(log.offsetForTimestamp(time));
    log.close();
    for (const name of kit.fs.list(kit.directory)) {
      if (!/\.log$|\.txnindex$|metadata/.test(name)) kit.fs.remove(join(kit.directory, name));
    }
    const logger = new RecordingLogger();
    const again = kit.open(config, { logger });
    expect(describeLog(again)).toEqual(expected);
    expect(await kit.settled(again.offsetForTimestamp(time))).toEqual(found);
    expect(logger.lines.filter(({ level }) => level === 'warn').length).toBeGreaterThan(1);
  });

  test('a flipped byte anywhere in an index, snapshot or epoch checkpoint changes nothing that is read, or is refused', async () => {
    const { kit, config, log, expected } = fiveSegments();
    const times = [0, 100, 200, 355].map((age) => kit.clock.now() - age);
    const found = await kit.settled(Promise.all(times.map((time) => log.offsetForTimestamp(time))));
    log.close();
    const all = kit.fs.list(kit.directory).filter((name) => /\.(index|timeindex|snapshot)$/.test(name));
    const names = [...all.slice(0, 2), ...all.slice(-3)];
    for (const name of names) {
      const path = join(kit.directory, name);
      const good = kit.fs.readFile(path);
      for (let at = 0; at < good.length; at++) {
        const flipped = Buffer.from(good);
        flipped[at] = (flipped[at] as number) ^ (1 << (at % 8));
        overwrite(kit, name, 0, flipped);
        const again = kit.open(config);
        const offsets: number[] = [];
        for (let from = 0; from < expected.end; from += 5)
          offsets.push(read(again, { from, maxBytes: 1 })[0]?.baseOffset ?? -1);
        expect(offsets).toEqual([0, 5, 10, 15, 20, 25, 30, 35]);
        expect(again.producers.length).toBe(expected.producers);
        expect(await kit.settled(Promise.all(times.map((time) => again.offsetForTimestamp(time))))).toEqual(found);
        again.abandon();
        kit.fs.replaceFile(path, good);
      }
    }
  });
});

describe('an index of aborted transactions that cannot be right', () => {
  test.each(['first', 'last'])('is made anew from the log (%s segment)', (which) => {
    const kit = new LogFixture();
    const config = { segmentBytes: which === 'first' ? 300 : 30_000 };
    const log = kit.open(config);
    for (const producerId of [1, 2, 3]) {
      append(log, kit.batch(['t'], { producerId, producerEpoch: 0, isTransactional: true, baseSequence: 0 }));
      append(log, kit.marker(producerId, 0, 'ABORT'), 0, 'coordinator');
    }
    const expected = log.abortedTransactions(0, 6);
    log.close();
    const name = kit.fs.list(kit.directory).find((file) => file.endsWith('.txnindex')) as string;
    overwrite(kit, name, 0, Buffer.from([9]));
    const logger = new RecordingLogger();
    expect(kit.open(config, { logger, recoveryPoint: 6 }).abortedTransactions(0, 6)).toEqual(expected);
    expect(logger.lines.some(({ level }) => level === 'warn')).toBe(true);
    expect(kit.fs.readFile(join(kit.directory, name))[0]).toBe(which === 'first' ? 0 : 9);
  });
});

test('a flipped bit in an index of aborted transactions changes nothing that readers are told', () => {
  const kit = new LogFixture();
  const log = kit.open();
  for (const producerId of [1, 2]) {
    const transactional = { producerId, producerEpoch: 0, isTransactional: true, baseSequence: 0 };
    append(log, kit.batch(['t', 'u'], transactional));
    append(log, kit.marker(producerId, 0, 'ABORT'), 0, 'coordinator');
    append(log, kit.batch(['plain']));
  }
  const all = (from: PartitionLog) => [
    from.abortedTransactions(0, 8),
    from.abortedTransactions(0, 3),
    from.abortedTransactions(4, 8),
  ];
  const expected = all(log);
  log.close();
  const name = kit.fs.list(kit.directory).find((file) => file.endsWith('.txnindex')) as string;
  const good = kit.fs.readFile(join(kit.directory, name));
  for (let bit = 0; bit < good.length * 8; bit += 3) {
    const flipped = Buffer.from(good);
    flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    overwrite(kit, name, 0, flipped);
    const again = kit.open();
    expect(all(again)).toEqual(expected);
    again.abandon();
    kit.fs.replaceFile(join(kit.directory, name), good);
  }
});

test('a start that was moved to a later batch of its transaction, or a damaged checksum, changes nothing either', () => {
  const kit = new LogFixture();
  const log = kit.open();
  for (const baseSequence of [0, 1, 2])
    append(log, kit.batch(['t'], { producerId: 1, producerEpoch: 0, isTransactional: true, baseSequence }));
  append(log, kit.marker(1, 0, 'ABORT'), 0, 'coordinator');
  const expected = [{ producerId: 1, firstOffset: 0 }];
  expect(log.abortedTransactions(0, 4)).toEqual(expected);
  log.close();
  // The last byte of the first offset, and of the checksum.
  for (const [suffix, position] of [
    ['.txnindex', 17],
    ['.txnindex.crc', 3],
  ] as const) {
    const name = kit.fs.list(kit.directory).find((file) => file.endsWith(suffix)) as string;
    overwrite(kit, name, position, Buffer.from([2]));
    kit.logger = new RecordingLogger();
    const again = kit.open({}, { recoveryPoint: 4 });
    expect(again.abortedTransactions(0, 4)).toEqual(expected);
    const told = (kit.logger as RecordingLogger).lines.flatMap(({ fields }) => Object.values(fields).map(String));
    expect(told.some((text) => text.endsWith(name))).toBe(true);
    again.close();
  }
});

test('an index of aborted transactions that someone else wrote is held against the log', () => {
  const kit = new LogFixture();
  const log = kit.open();
  append(log, kit.batch(['t'], { producerId: 1, producerEpoch: 0, isTransactional: true, baseSequence: 0 }));
  append(log, kit.marker(1, 0, 'ABORT'), 0, 'coordinator');
  log.close();
  for (const name of kit.fs.list(kit.directory)) {
    if (name.endsWith('.txnindex.crc')) kit.fs.remove(join(kit.directory, name));
    if (name.endsWith('.txnindex')) overwrite(kit, name, 9, Buffer.from([7]));
  }
  expect(kit.open({}, { recoveryPoint: 2 }).abortedTransactions(0, 2)).toEqual([{ producerId: 1, firstOffset: 0 }]);
});

describe('when the power fails', () => {
  /** Appends with a crash after `survivingWrites` writes; returns what was acknowledged and what came back. */
  async function crash(seed: number, flushMessages: number) {
    const random = new SeededRandom(seed);
    const clock = new SimulatedClock();
    const fs = new MemoryFileSystem({ clock, simulateCrashes: true });
    const kit = new LogFixture(fs);
    const config = { segmentBytes: 600, indexIntervalBytes: 100, flushMessages };
    let acknowledged = 0;
    let recoveryPoint = 0;
    const sent: string[] = [];
    for (let life = 0; life < 3; life++) {
      const log = kit.open(config, { cleanShutdown: false, recoveryPoint });
      expect(log.logEndOffset).toBeGreaterThanOrEqual(acknowledged);
      sent.length = log.logEndOffset;
      expect(values(log.batches(0))).toEqual(sent);
      log.onReadable((end) => (acknowledged = end));
      const turns = 1 + random.below(12);
      for (let turn = 0; turn < turns; turn++) {
        for (let i = random.below(4); i >= 0; i--) {
          const value = `${life}.${turn}.${i}`;
          append(log, kit.batch([value], { producerId: 1, producerEpoch: 0, baseSequence: sent.length }), life);
          sent.push(value);
        }
        kit.endTurn();
        if (random.chance(60)) await settled();
        if (random.chance(20)) recoveryPoint = log.recoveryPoint;
      }
      kit.kill(log);
      fs.crash(random);
      await settled();
    }
    const log = kit.open(config, { cleanShutdown: false, recoveryPoint });
    return { acknowledged, recoveryPoint, log, sent };
  }

  test.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'with flush.messages=1 all that was acknowledged is there (seed %i)',
    async (seed) => {
      const { acknowledged, log, sent } = await crash(seed, 1);
      expect(log.logEndOffset).toBeGreaterThanOrEqual(acknowledged);
      expect(values(log.batches(0))).toEqual(sent.slice(0, log.logEndOffset));
    },
  );

  test('without it, all below the recovery point is there, and the rest is whole batches from the front', async () => {
    for (let seed = 100; seed < 120; seed++) {
      const random = new SeededRandom(seed);
      const fs = new MemoryFileSystem({ simulateCrashes: true });
      const kit = new LogFixture(fs);
      const config = { segmentBytes: 600, indexIntervalBytes: 100 };
      const log = kit.open(config);
      const sent: string[] = [];
      for (let i = 0; i < 30; i++) {
        append(log, kit.batch([`v${i}`]));
        sent.push(`v${i}`);
        if (random.chance(50)) kit.endTurn();
        if (random.chance(20)) await settled();
      }
      const { recoveryPoint } = log;
      kit.kill(log);
      fs.crash(random);
      const again = kit.open(config, { cleanShutdown: false, recoveryPoint });
      expect(again.logEndOffset).toBeGreaterThanOrEqual(recoveryPoint);
      expect(values(again.batches(0))).toEqual(sent.slice(0, again.logEndOffset));
    }
  });
});
