import { describe, expect, test } from '@jest/globals';
import { SeededRandom } from '../base/index.ts';
import { FetchSession, type Want, type Watched } from './fetch-session.ts';

const PARTITIONS = 8;
const NO_ERROR = { errorCode: 0, hasDivergingEpoch: false };

/** A partition with records up to its high watermark, of which so many are read at a time. */
class FakePartition implements Watched {
  highWatermark = 0;
  logStartOffset = 0;
  readonly listeners = new Set<() => void>();

  onAdvance(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  change(highWatermark: number, logStartOffset: number): void {
    this.highWatermark = highWatermark;
    this.logStartOffset = logStartOffset;
    for (const listener of [...this.listeners]) listener();
  }
}

const wantOf = (partition: number, fetchOffset: number): Want => ({
  topic: 't',
  topicId: '',
  partition,
  fetchOffset,
  maxBytes: 1,
  currentLeaderEpoch: -1,
  lastFetchedEpoch: -1,
});

const session = (): FetchSession => new FetchSession({ id: 1, usesTopicIds: false, isolationLevel: 0, now: 0 });

/** The same by looking at all partitions each time. */
class Oracle {
  readonly entries = new Map<number, { offset: number; highWatermark: number; logStartOffset: number }>();

  put(partition: number, offset: number): void {
    const { highWatermark = -1, logStartOffset = -1 } = this.entries.get(partition) ?? {};
    this.entries.set(partition, { offset, highWatermark, logStartOffset });
  }

  answer(partitions: readonly FakePartition[]): number[] {
    const told: number[] = [];
    for (const [partition, entry] of [...this.entries]) {
      const { highWatermark, logStartOffset } = partitions[partition] as FakePartition;
      const hasRecords = entry.offset < highWatermark;
      if (hasRecords || entry.highWatermark !== highWatermark || entry.logStartOffset !== logStartOffset)
        told.push(partition);
      Object.assign(entry, { highWatermark, logStartOffset });
      if (!hasRecords) continue;
      this.entries.delete(partition);
      this.entries.set(partition, entry);
    }
    return told;
  }
}

/** What the handler does with a session, reduced to offsets. */
function answer(fetched: FetchSession, partitions: readonly FakePartition[]): number[] {
  const told: number[] = [];
  for (const want of fetched.wants()) {
    const partition = partitions[want.partition] as FakePartition;
    const hasRecords = want.fetchOffset < partition.highWatermark;
    if (!hasRecords && fetched.rest(want, partition)) continue;
    const { highWatermark, logStartOffset } = partition;
    if (fetched.mustTell(want, { ...NO_ERROR, highWatermark, logStartOffset, hasRecords })) told.push(want.partition);
  }
  return told;
}

describe('a fetch session', () => {
  test.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'tells the same, in the same order, as one that looks at everything: seed %d',
    (seed) => {
      const random = new SeededRandom(seed);
      const partitions = Array.from({ length: PARTITIONS }, () => new FakePartition());
      const [fetched, oracle] = [session(), new Oracle()];
      for (let step = 0; step < 300; step++) {
        const number = random.below(PARTITIONS);
        const partition = partitions[number] as FakePartition;
        const kind = random.below(10);
        if (kind < 3) partition.change(partition.highWatermark + 1, partition.logStartOffset);
        else if (kind === 3) partition.change(partition.highWatermark, random.below(partition.highWatermark + 1));
        else if (kind === 4) {
          fetched.forget(wantOf(number, 0));
          oracle.entries.delete(number);
        } else if (kind < 7) {
          const offset = random.below(partition.highWatermark + 1);
          fetched.put(wantOf(number, offset));
          oracle.put(number, offset);
        } else expect(answer(fetched, partitions)).toEqual(oracle.answer(partitions));
      }
    },
  );

  test('looks at no partition that has nothing new, until it has', () => {
    const partitions = [new FakePartition(), new FakePartition()];
    const fetched = session();
    for (const partition of [0, 1]) fetched.put(wantOf(partition, 0));
    expect(answer(fetched, partitions)).toEqual([0, 1]);
    expect(answer(fetched, partitions)).toEqual([]);
    expect(fetched.wants()).toEqual([]);
    expect(fetched.isResting).toBe(true);
    let news = 0;
    const stop = fetched.onNews(() => news++);
    partitions[1]?.change(5, 0);
    expect(news).toBe(1);
    expect(fetched.wants().map(({ partition }) => partition)).toEqual([1]);
    stop();
    partitions[0]?.change(5, 0);
    expect(news).toBe(1);
  });

  test('is told once by each partition when its client does not come back, and by none when it has ended', () => {
    const partitions = [new FakePartition(), new FakePartition()];
    const fetched = session();
    for (const partition of [0, 1]) fetched.put(wantOf(partition, 0));
    answer(fetched, partitions);
    answer(fetched, partitions);
    expect(partitions.map(({ listeners }) => listeners.size)).toEqual([1, 1]);
    partitions[0]?.change(1, 0);
    expect(partitions.map(({ listeners }) => listeners.size)).toEqual([0, 1]);
    fetched.end();
    expect(partitions.map(({ listeners }) => listeners.size)).toEqual([0, 0]);
  });

  test('looks at everything again for a reader at another isolation level', () => {
    const partitions = [new FakePartition()];
    const fetched = session();
    fetched.put(wantOf(0, 0));
    answer(fetched, partitions);
    answer(fetched, partitions);
    fetched.readAt(0);
    expect(fetched.wants()).toEqual([]);
    fetched.readAt(1);
    expect(fetched.wants()).toHaveLength(1);
  });
});
