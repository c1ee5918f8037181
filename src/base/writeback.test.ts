import { describe, expect, test } from '@jest/globals';
import { SimulatedClock } from './clock.ts';
import { Writeback } from './writeback.ts';

const told = (dirty: number, writeback: number): string =>
  `nr_free_pages 1000\nnr_dirty ${dirty}\nnr_writeback ${writeback}\nnr_writeback_temp 5000\nnr_dirtied 99999\n` +
  'nr_dirty_threshold 100000\nnr_dirty_background_threshold 50000\n';

describe('what the system writes to disks', () => {
  test.each([
    ['not while it keeps what it has', 30_000, 0, false],
    ['not for a few pages', 30_000, 200, false],
    ['when it has begun', 10_000, 5_000, true],
    ['when it is about to begin', 45_000, 0, true],
  ])('is told: %s', (_, dirty, writeback, isUnderWay) => {
    expect(new Writeback(new SimulatedClock(), () => told(dirty, writeback)).isUnderWay()).toBe(isUnderWay);
  });

  test('is looked at ten times a second', () => {
    const clock = new SimulatedClock();
    let looks = 0;
    const writeback = new Writeback(clock, () => told(0, looks++ === 0 ? 5_000 : 0));
    expect([writeback.isUnderWay(), writeback.isUnderWay(), looks]).toEqual([true, true, 1]);
    clock.advance(100);
    expect([writeback.isUnderWay(), looks]).toEqual([false, 2]);
  });

  test('is not known where the system does not tell', () => {
    const clock = new SimulatedClock();
    let looks = 0;
    const writeback = new Writeback(clock, () => {
      looks++;
      throw new Error('ENOENT');
    });
    expect(writeback.isUnderWay()).toBeUndefined();
    clock.advance(1_000);
    expect([writeback.isUnderWay(), looks]).toEqual([undefined, 1]);
    expect(new Writeback(clock, () => 'nr_free_pages 1000\n').isUnderWay()).toBeUndefined();
  });
});
