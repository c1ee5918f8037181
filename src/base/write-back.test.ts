import { describe, expect, test } from '@jest/globals';
import { isBusy } from './write-back.ts';

const page = (dirty: number, writeback: number): string =>
  `nr_free_pages 7\nnr_dirty ${dirty}\nnr_writeback ${writeback}\nnr_dirty_threshold 2000000\nnr_dirty_background_threshold 1000000\n`;

describe('the system writes back', () => {
  test('when much is on its way to disks', () => {
    expect(isBusy(page(0, 100))).toBe(false);
    expect(isBusy(page(0, 2000))).toBe(true);
  });

  test('or is about to be', () => {
    expect(isBusy(page(850_000, 0))).toBe(false);
    expect(isBusy(page(950_000, 0))).toBe(true);
  });

  test('not as far as is known where it tells nothing', () => {
    expect(isBusy('')).toBe(false);
  });
});
