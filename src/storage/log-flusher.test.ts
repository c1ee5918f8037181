import { describe, expect, test } from '@jest/globals';
import type { EpochCheckpoint } from './epoch-checkpoint.ts';
import { LogFlusher } from './log-flusher.ts';
import type { LogWriter } from './log-writer.ts';
import { PageCache } from './page-cache.ts';
import type { Segment } from './segment.ts';

const later = (): Promise<void> => new Promise((done) => setImmediate(done));

/** Logs of one disk whose segments have been rolled, and whose syncs take as long as the test likes. */
class Disk {
  readonly syncing: { readonly name: string; readonly done: () => void; readonly failed: (error: Error) => void }[] =
    [];
  readonly synced: string[] = [];
  readonly failures: unknown[] = [];
  readonly #cache = new PageCache();

  log(): { readonly flusher: LogFlusher; readonly roll: (name: string) => void } {
    const segments: Segment[] = [];
    const flusher = new LogFlusher({
      recoveryPoint: 0,
      now: 0,
      segments,
      writer: {} as LogWriter,
      logEndOffset: () => segments.length,
      calmly: (sync) => this.#cache.calmly(sync),
      epochs: { writeLater: async () => undefined } as EpochCheckpoint,
      isOver: () => false,
      onFailed: (error) => this.failures.push(error),
    });
    const roll = (name: string): void => {
      const segment = { baseOffset: segments.length, syncLater: () => this.#sync(name) } as Segment;
      segments.push(segment);
      flusher.rolled(segment);
    };
    return { flusher, roll };
  }

  async #sync(name: string): Promise<void> {
    await new Promise<void>((done, failed) => this.syncing.push({ name, done, failed }));
    this.synced.push(name);
  }

  async take(): Promise<void> {
    this.syncing.shift()?.done();
    await later();
  }
}

describe('rolled segments', () => {
  test('are synced one at a time, whatever log they are of', async () => {
    const disk = new Disk();
    const [one, other] = [disk.log(), disk.log()];
    one.roll('a');
    other.roll('b');
    one.roll('c');
    await later();
    const atOnce: string[][] = [];
    for (; disk.syncing.length > 0; await disk.take()) atOnce.push(disk.syncing.map(({ name }) => name));
    expect(atOnce).toEqual([['a'], ['b'], ['c']]);
    expect([one.flusher.recoveryPoint, disk.synced]).toEqual([1, ['a', 'b', 'c']]);
  });

  test('are synced at once for who waits, and not again when it is their turn', async () => {
    const disk = new Disk();
    const [one, other] = [disk.log(), disk.log()];
    one.roll('a');
    other.roll('b');
    let isSynced = false;
    void other.flusher.syncRolled().then(() => (isSynced = true));
    await later();
    expect(disk.syncing.map(({ name }) => name)).toEqual(['a', 'b']);
    disk.syncing.pop()?.done();
    await later();
    expect(isSynced).toBe(true);
    await disk.take();
    expect([disk.synced, disk.syncing]).toEqual([['b', 'a'], []]);
  });

  test('of other logs are synced when one could not be', async () => {
    const disk = new Disk();
    disk.log().roll('a');
    disk.log().roll('b');
    await later();
    disk.syncing.shift()?.failed(new Error('the disk'));
    await later();
    await disk.take();
    expect([disk.failures.length, disk.synced]).toEqual([1, ['b']]);
  });
});
