import { describe, expect, test } from '@jest/globals';
import { prepareCompression } from '../wire/records/index.ts';
import { boundaries, CleanerFixture, contents, eagerConfig, recordLines } from './cleaner-fixture.ts';

describe('what compaction keeps', () => {
  test('the newest record of every key, at its offset and in its order', async () => {
    const fixture = new CleanerFixture();
    const log = fixture.open();
    fixture.send(log, ['a=1', 'b=1', 'c=1']);
    fixture.send(log, ['b=2']);
    fixture.send(log, ['a=2', 'd=1']);
    fixture.roll(log);
    await fixture.clean();
    expect(contents(log)).toEqual(['2 c=1', '3 b=2', '4 a=2', '5 d=1']);
  });

  test('the boundaries of a batch that loses some of its records, and nothing of one that loses all', async () => {
    const fixture = new CleanerFixture();
    const log = fixture.open();
    fixture.send(log, ['a=1', 'b=1', 'a=2', 'c=1', 'b=2']);
    fixture.send(log, ['c=2', 'c=3']);
    fixture.send(log, ['c=4']);
    fixture.roll(log);
    await fixture.clean();
    expect(boundaries(log).slice(0, 2)).toEqual(['0-4:2', '7-7:1']);
    expect(contents(log)).toEqual(['2 a=2', '4 b=2', '7 c=4']);
  });

  test('the active segment as it is', async () => {
    const fixture = new CleanerFixture();
    const log = fixture.open({ segmentBytes: 1_000_000 });
    fixture.send(log, ['a=1']);
    fixture.send(log, ['a=2']);
    await fixture.clean();
    expect(contents(log)).toEqual(['0 a=1', '1 a=2']);
  });

  test('timestamps, though they count from another record now', async () => {
    const fixture = new CleanerFixture();
    const log = fixture.open();
    fixture.send(log, ['a=1']);
    const records = ['a', 'b', 'c'].map((key, i) => ({
      timestampMs: fixture.clock.now() - 50_000 * i,
      key: Buffer.from(key),
      value: Buffer.from('x'),
    }));
    fixture.send(log, [], { records });
    fixture.send(log, ['a=3']);
    fixture.roll(log);
    await fixture.clean();
    const [batch] = [...log.batches(1)];
    expect(batch?.baseTimestamp).toBe(records[1]?.timestampMs);
    expect(batch?.maxTimestamp).toBe(records[1]?.timestampMs);
    expect(batch?.isValid()).toBe(true);
    expect(await log.offsetForTimestamp(records[2]?.timestampMs as number)).toMatchObject({ offset: 2 });
  });

  test.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)(
    'batches packed with %s, packed with it again',
    async (type) => {
      const fixture = new CleanerFixture();
      const log = fixture.open({ segmentBytes: 2000 });
      await prepareCompression(type);
      fixture.send(log, ['a=1', `b=${'long'.repeat(100)}`], { compressionType: type });
      fixture.send(log, ['a=2'], { compressionType: type });
      fixture.roll(log);
      await fixture.clean();
      expect([...log.batches(0)].map((batch) => batch.compressionType)).toEqual([type, type, 'none']);
      expect(contents(log)).toEqual([`1 b=${'long'.repeat(100)}`, '2 a=2']);
    },
  );

  test('no record without a key, as when the topic was no compacted one before', async () => {
    const fixture = new CleanerFixture();
    const log = fixture.open({ cleanupPolicy: { delete: true, compact: false } });
    fixture.send(log, ['=1', 'a=1']);
    fixture.send(log, ['=2']);
    log.config = eagerConfig;
    fixture.roll(log);
    await fixture.clean();
    expect(contents(log)).toEqual(['1 a=1']);
  });

  test('everything, when every key is another', async () => {
    const fixture = new CleanerFixture();
    const log = fixture.open();
    for (let i = 0; i < 40; i++) fixture.send(log, [`k${i}=v`]);
    fixture.roll(log);
    await fixture.clean();
    expect(contents(log)).toHaveLength(40);
    expect(log.logEndOffset).toBe(41);
  });
});

describe('tombstones', () => {
  test('stay for delete.retention.ms after they were first compacted, then go', async () => {
    const fixture = new CleanerFixture();
    const log = fixture.open({ deleteRetentionMs: 60_000 });
    fixture.send(log, ['a=1', 'b=1']);
    fixture.send(log, ['a']);
    fixture.roll(log);
    await fixture.clean();
    expect(contents(log)).toEqual(['1 b=1', '2 a']);
    const horizon = [...log.batches(2)][0]?.deleteHorizonMs;
    expect(horizon).toBe(fixture.clock.now() + 60_000);

    fixture.clock.advance(59_998);
    fixture.send(log, ['c=1']);
    fixture.roll(log);
    await fixture.clean();
    expect(contents(log)).toContain('2 a');
    expect([...log.batches(2)][0]?.deleteHorizonMs).toBe(horizon);

    fixture.clock.advance(60_000);
    fixture.send(log, ['c=2']);
    fixture.roll(log);
    await fixture.clean();
    expect(contents(log).filter((line) => line.endsWith(' a'))).toEqual([]);
  });

  test('keep their timestamps when their batch is given a horizon', async () => {
    const fixture = new CleanerFixture();
    const log = fixture.open();
    const sentAt = fixture.clock.now();
    fixture.send(log, ['a', 'b=1']);
    fixture.clock.advance(1000);
    fixture.roll(log);
    await fixture.clean();
    const [batch] = [...log.batches(0)];
    expect(batch?.hasDeleteHorizon).toBe(true);
    expect(batch?.maxTimestamp).toBe(sentAt);
    expect(await log.offsetForTimestamp(sentAt)).toMatchObject({ offset: 0, timestampMs: sentAt });
  });
});

describe('producers', () => {
  const from = (baseSequence: number) => ({ producerId: 7, producerEpoch: 0, baseSequence });

  test('the last batch of each stays as an empty one, so that its sequence is known after a restart', async () => {
    const fixture = new CleanerFixture();
    let log = fixture.open();
    fixture.send(log, ['a=1'], from(0));
    fixture.send(log, ['a=2', 'a=3'], from(1));
    fixture.send(log, ['a=4']);
    fixture.roll(log);
    await fixture.clean();
    expect(boundaries(log).slice(0, 2)).toEqual(['1-2:0', '3-3:1']);

    // Nothing but the log is left to tell.
    const names = fixture.files(log).filter((name) => name.endsWith('.snapshot'));
    await fixture.restart();
    for (const name of names) fixture.fs.remove(`/data/orders-0/${name}`);
    fixture.fs.remove('/data/.kafka_cleanshutdown');
    log = fixture.open();
    const again = () => log.append(sentBefore(from(1)), { leaderEpoch: 0, origin: 'client' });
    expect(again()).toMatchObject({ kind: 'appended', isDuplicate: true, baseOffset: 1 });
    expect(fixture.send(log, ['a=5'], from(3))).toBe(log.logEndOffset - 1);
  });

  test('a batch of a producer that has gone on does not stay', async () => {
    const fixture = new CleanerFixture();
    const log = fixture.open();
    fixture.send(log, ['a=1'], from(0));
    fixture.send(log, ['a=2'], from(1));
    fixture.roll(log);
    await fixture.clean();
    expect(boundaries(log)[0]).toBe('1-1:1');
  });

  function sentBefore(input: ReturnType<typeof from>): Buffer {
    const other = new CleanerFixture();
    const log = other.open({ cleanupPolicy: { delete: true, compact: false } });
    other.send(log, ['a=2', 'a=3'], input);
    const [batch] = [...log.batches(0)];
    return Buffer.from(batch?.bytes ?? '');
  }
});

describe('transactions', () => {
  const open = (producerId: number, baseSequence: number) => ({
    producerId,
    producerEpoch: 0,
    baseSequence,
    isTransactional: true,
  });

  test('what was aborted goes, and does not replace what was there before', async () => {
    const fixture = new CleanerFixture();
    const log = fixture.open();
    fixture.send(log, ['a=1', 'b=1']);
    fixture.send(log, ['a=aborted'], open(9, 0));
    fixture.marker(log, 9, 0, 'ABORT');
    fixture.send(log, ['b=2'], open(9, 1));
    fixture.marker(log, 9, 0, 'COMMIT');
    fixture.send(log, ['c=1'], open(9, 2));
    fixture.marker(log, 9, 0, 'COMMIT');
    fixture.roll(log);
    await fixture.clean();
    expect(contents(log)).toEqual(['0 a=1', '3 ABORT', '4 b=2', '5 COMMIT', '6 c=1', '7 COMMIT']);
  });

  test('a marker goes delete.retention.ms after the last of its records did', async () => {
    const fixture = new CleanerFixture();
    const log = fixture.open({ deleteRetentionMs: 1000 });
    fixture.send(log, ['a=aborted'], open(9, 0));
    fixture.marker(log, 9, 0, 'ABORT');
    fixture.send(log, ['x=1'], open(9, 1));
    fixture.marker(log, 9, 0, 'COMMIT');
    fixture.roll(log);
    // The aborted records go at once; their marker has records before it in this round, so it is given no horizon yet.
    await fixture.clean();
    const markers = () => recordLines(log.batches(0)).filter((line) => line.includes('ABORT'));
    expect(markers()).toEqual(['1 ABORT']);
    const horizons = () => [...log.batches(1)].slice(0, 1).map((batch) => batch.deleteHorizonMs);
    expect(horizons()).toEqual([null]);
    fixture.send(log, ['y=1']);
    fixture.roll(log);
    await fixture.clean();
    expect(horizons()).toEqual([fixture.clock.now() + 1000]);
    fixture.clock.advance(1000);
    fixture.send(log, ['y=2']);
    fixture.roll(log);
    await fixture.clean();
    expect(markers()).toEqual([]);
  });

  test('an aborted transaction of which a batch stays empty is still told to readers at read committed', async () => {
    const fixture = new CleanerFixture();
    const log = fixture.open();
    fixture.send(log, ['a=aborted'], open(9, 0));
    fixture.marker(log, 9, 0, 'ABORT');
    fixture.roll(log);
    await fixture.clean();
    expect(boundaries(log)[0]).toBe('0-0:0');
    expect(log.abortedTransactions(0, 10)).toEqual([{ producerId: 9, firstOffset: 0 }]);
  });

  test('nothing at or after the first open transaction is touched', async () => {
    const fixture = new CleanerFixture();
    const log = fixture.open({ segmentBytes: 100 });
    fixture.send(log, ['a=1']);
    fixture.send(log, ['a=2']);
    fixture.send(log, ['b=1'], open(9, 0));
    fixture.send(log, ['b=2']);
    fixture.send(log, ['b=3']);
    fixture.roll(log);
    await fixture.clean();
    expect(contents(log)).toEqual(['1 a=2', '2 b=1', '3 b=2', '4 b=3']);
    fixture.marker(log, 9, 0, 'COMMIT');
    fixture.roll(log);
    await fixture.clean();
    expect(contents(log)).toEqual(['1 a=2', '4 b=3', '6 COMMIT']);
  });
});
