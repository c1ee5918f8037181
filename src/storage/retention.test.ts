import { describe, expect, test } from '@jest/globals';
import type { LogConfig } from './log-config.ts';
import { append, LogFixture } from './log-fixture.ts';
import type { PartitionLog } from './partition-log.ts';

/** Five segments of one batch each, 100 ms apart. */
function segments(config: Partial<LogConfig>): { kit: LogFixture; log: PartitionLog } {
  const kit = new LogFixture();
  const log = kit.open({ segmentBytes: 150, ...config });
  for (let i = 0; i < 5; i++) {
    append(log, kit.batch(['x'.repeat(40)]));
    kit.clock.advance(100);
  }
  kit.endTurn();
  log.setHighWatermark(log.logEndOffset);
  return { kit, log };
}

const YEAR_MS = 365 * 24 * 3_600_000;

describe('what is kept', () => {
  test('with retention.ms=-1 and retention.bytes=-1, everything for ever', () => {
    const { kit, log } = segments({ retentionMs: -1, retentionBytes: -1 });
    kit.clock.advance(10 * YEAR_MS);
    expect(log.deleteOldSegments(kit.clock.now())).toBe(0);
    expect(log.logStartOffset).toBe(0);
  });

  test('with one of them -1, what the other says', () => {
    const byTime = segments({ retentionMs: 250, retentionBytes: -1 });
    expect(byTime.log.deleteOldSegments(byTime.kit.clock.now())).toBe(3);
    const bySize = segments({ retentionMs: -1, retentionBytes: 0 });
    bySize.kit.clock.advance(YEAR_MS);
    expect(bySize.log.deleteOldSegments(bySize.kit.clock.now())).toBe(5);
  });

  test('a change acts at the next check', () => {
    const { kit, log } = segments({ retentionMs: -1 });
    expect(log.deleteOldSegments(kit.clock.now())).toBe(0);
    log.config = { ...log.config, retentionMs: 250 };
    expect(log.deleteOldSegments(kit.clock.now())).toBe(3);
  });

  test('records without timestamps are as old as their file', () => {
    const kit = new LogFixture();
    const log = kit.open({ segmentBytes: 150, retentionMs: 250 });
    const records = [{ timestampMs: -1, key: null, value: Buffer.alloc(40) }];
    for (let i = 0; i < 5; i++) {
      append(log, kit.batch([], { records }));
      kit.endTurn();
      kit.clock.advance(100);
    }
    log.setHighWatermark(log.logEndOffset);
    expect(log.deleteOldSegments(kit.clock.now())).toBe(3);
  });

  test('a record of the future keeps its segment and all after it', () => {
    const kit = new LogFixture();
    const log = kit.open({ segmentBytes: 150, retentionMs: 250, messageTimestampAfterMaxMs: YEAR_MS * 2 });
    const at = (timestampMs: number): Buffer =>
      kit.batch([], { records: [{ timestampMs, key: null, value: Buffer.alloc(40) }] });
    append(log, at(kit.clock.now()));
    append(log, at(kit.clock.now() + YEAR_MS));
    append(log, at(kit.clock.now()));
    log.setHighWatermark(log.logEndOffset);
    kit.clock.advance(1000);
    expect(log.deleteOldSegments(kit.clock.now())).toBe(1);
  });

  test('of a compacted log, whatever time and size say; but not what lies below the log start offset', () => {
    const { kit, log } = segments({
      retentionMs: 0,
      retentionBytes: 0,
      cleanupPolicy: { delete: false, compact: true },
    });
    kit.clock.advance(YEAR_MS);
    expect(log.deleteOldSegments(kit.clock.now())).toBe(0);
    log.deleteRecordsBefore(2);
    expect(log.deleteOldSegments(kit.clock.now())).toBe(2);
  });

  test('where the log starts is known after a restart', () => {
    const { kit, log } = segments({ retentionMs: 250 });
    log.deleteOldSegments(kit.clock.now());
    log.close();
    expect(kit.open().logStartOffset).toBe(3);
  });
});

describe('a segment is rolled', () => {
  test('earlier than segment.ms by a part of segment.jitter.ms that each segment draws', () => {
    const kit = new LogFixture();
    const log = kit.open({ segmentMs: 10_000, segmentJitterMs: 8_000 });
    const rolledAfterMs: number[] = [];
    let from = kit.clock.now();
    append(log, kit.batch(['first']));
    while (rolledAfterMs.length < 10) {
      kit.clock.advance(100);
      const before = log.segmentCount;
      append(log, kit.batch(['x']));
      if (log.segmentCount === before) continue;
      rolledAfterMs.push(kit.clock.now() - from);
      from = kit.clock.now();
    }
    const drawn = rolledAfterMs.slice(1);
    expect(Math.min(...drawn)).toBeGreaterThan(2_000);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(10_100);
    expect(new Set(drawn).size).toBeGreaterThan(3);
  });

  test('of a compacted topic, after max.compaction.lag.ms if that is sooner than segment.ms', () => {
    const rolls = (compact: boolean): number => {
      const kit = new LogFixture();
      const log = kit.open({
        segmentMs: 10_000,
        maxCompactionLagMs: 1000,
        cleanupPolicy: { delete: !compact, compact },
      });
      append(log, kit.batch(['a']));
      kit.clock.advance(1001);
      append(log, kit.batch(['b']));
      return log.segmentCount - 1;
    };
    expect([rolls(false), rolls(true)]).toEqual([0, 1]);
  });
});
