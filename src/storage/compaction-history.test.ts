import { describe, expect, test } from '@jest/globals';
import { MemoryFileSystem, SeededRandom } from '../base/index.ts';
import { recordsOf } from '../wire/records/index.ts';
import { boundaries, CleanerFixture, recordLines } from './cleaner-fixture.ts';
import type { PartitionLog } from './partition-log.ts';

/** A record as it was committed: what compaction may keep of a history. */
interface Sent {
  readonly offset: number;
  readonly key: string;
  readonly value: string | undefined;
}

const TRANSACTIONAL = [100, 101, 102];

/** Writes a random history of plain, idempotent and transactional batches, and knows what of it is committed data. */
class History {
  readonly committed: Sent[] = [];
  readonly #fixture: CleanerFixture;
  readonly #log: PartitionLog;
  readonly #random: SeededRandom;
  readonly #sequences = new Map<number, number>();
  readonly #pending = new Map<number, Sent[]>();

  constructor(fixture: CleanerFixture, log: PartitionLog, random: SeededRandom) {
    this.#fixture = fixture;
    this.#log = log;
    this.#random = random;
  }

  /** Writes so many batches, and ends the transactions that they began. */
  write(batches: number): void {
    const random = this.#random;
    for (let i = 0; i < batches; i++) {
      this.#fixture.clock.advance(random.below(3));
      this.#send(random.chance(40) ? -1 : random.pick([...TRANSACTIONAL, 7, 8]));
      if (this.#pending.size > 0 && random.chance(30)) this.#end(random.pick([...this.#pending.keys()]));
    }
    for (const producerId of this.#pending.keys()) this.#end(producerId);
  }

  #send(producerId: number): void {
    const random = this.#random;
    const records = Array.from({ length: 1 + random.below(4) }, () => ({
      key: `k${random.below(12)}`,
      value: random.chance(15) ? undefined : `${random.below(1e9)}${'x'.repeat(random.below(40))}`,
    }));
    const isTransactional = TRANSACTIONAL.includes(producerId);
    const baseSequence = this.#sequences.get(producerId) ?? 0;
    this.#sequences.set(producerId, baseSequence + records.length);
    const baseOffset = this.#fixture.send(
      this.#log,
      records.map(({ key, value }) => (value === undefined ? key : `${key}=${value}`)),
      producerId < 0 ? {} : { producerId, producerEpoch: 0, baseSequence, isTransactional },
    );
    const sent = records.map((record, i) => ({ ...record, offset: baseOffset + i }));
    if (isTransactional) this.#pending.set(producerId, [...(this.#pending.get(producerId) ?? []), ...sent]);
    else this.committed.push(...sent);
  }

  #end(producerId: number): void {
    const isCommitted = this.#random.chance(60);
    this.#fixture.marker(this.#log, producerId, 0, isCommitted ? 'COMMIT' : 'ABORT');
    if (isCommitted) this.committed.push(...(this.#pending.get(producerId) ?? []));
    this.#pending.delete(producerId);
  }
}

/** The last value of every key, for those that have one. */
function table(records: Iterable<Sent>): Map<string, string> {
  const newest = new Map<string, Sent>();
  for (const record of records) {
    const known = newest.get(record.key);
    if (known === undefined || record.offset > known.offset) newest.set(record.key, record);
  }
  const values = [...newest.values()].flatMap(({ key, value }) => (value === undefined ? [] : [[key, value] as const]));
  return new Map(values.sort());
}

/** What a reader at read committed sees of the log. */
function readCommitted(log: PartitionLog): Sent[] {
  const aborted = log.abortedTransactions(0, log.logEndOffset);
  const seen: Sent[] = [];
  const dropped = new Set<number>();
  for (const batch of log.batches(0)) {
    for (const { producerId, firstOffset } of aborted) if (firstOffset <= batch.baseOffset) dropped.add(producerId);
    if (batch.isControl) {
      // Of a transaction that ended here.
      const index = aborted.findIndex(({ producerId }) => producerId === batch.producerId);
      if (dropped.delete(batch.producerId) && index >= 0) aborted.splice(index, 1);
      continue;
    }
    if (batch.isTransactional && dropped.has(batch.producerId)) continue;
    for (const { offset, key, value } of recordsOf(batch, { maxBytes: 2 ** 20 }))
      seen.push({ offset, key: String(key), value: value === null ? undefined : String(value) });
  }
  return seen.filter(({ key }) => key !== 'end of segment');
}

const seeds = Array.from({ length: 15 }, (_, seed) => seed);

describe('a random history, compacted', () => {
  test.each(seeds)(
    'leaves the newest record of every key, in order, and nothing that is dirty (seed %i)',
    async (seed) => {
      const random = new SeededRandom(seed);
      const fixture = new CleanerFixture();
      fixture.cleanerConfig = {
        ...fixture.cleanerConfig,
        dedupeBufferBytes: random.pick([24 * 8, 24 * 15, 100_000]),
        ioBufferBytes: random.pick([0, 300, 1000, 100_000]),
      };
      const log = fixture.open({
        segmentBytes: random.pick([400, 700, 2000]),
        deleteRetentionMs: random.pick([0, 5, 1e9]),
      });
      const history = new History(fixture, log, random);
      const { committed } = history;
      for (let round = 0; round < 4; round++) {
        history.write(40);
        fixture.roll(log);
        const before = recordLines(log.batches(0));
        await fixture.clean();
        const after = recordLines(log.batches(0));
        const known = new Set(before);
        expect(after.filter((line) => !known.has(line))).toEqual([]);
        expect(after).toEqual(before.filter((line) => after.includes(line)));
        const seen = readCommitted(log);
        expect(table(seen)).toEqual(table(committed));
        // One record a key.
        expect(new Set(seen.map(({ key }) => key)).size).toBe(seen.length);
      }
      const spans = boundaries(log);
      log.compaction.firstDirtyOffset = undefined;
      await fixture.clean();
      expect(table(readCommitted(log))).toEqual(table(committed));
      log.compaction.firstDirtyOffset = undefined;
      const once = boundaries(log);
      await fixture.clean();
      // Markers and tombstones go in their time; without them a log that is compacted again stays as it is.
      if (log.config.deleteRetentionMs === 1e9) expect([spans, boundaries(log)]).toEqual([spans, once]);
      fixture.directory.close();
    },
  );
});

/** The process ends at the `at`-th thing that it does to files, whatever that is. */
class KilledError extends Error {
  override name = 'KilledError';
}

function killAt(fs: MemoryFileSystem, at: number): { readonly isDone: () => boolean } {
  let operations = 0;
  fs.fault = (operation) => {
    if (operation === 'read' || operations++ < at) return;
    throw new KilledError(`killed at ${operation}`);
  };
  return { isDone: () => operations > at };
}

describe.each(['killed', 'without power'] as const)('a broker that is %s while it compacts', (how) => {
  test.each([1, 2, 3])(
    'loses nothing, wherever it is at, and has one log when it comes back (seed %i)',
    async (seed) => {
      let interrupted = 0;
      for (let at = 0; ; at++) {
        const fs = new MemoryFileSystem({ simulateCrashes: true });
        const fixture = new CleanerFixture(fs);
        const config = { segmentBytes: seed % 2 === 0 ? 500 : 1500, fileDeleteDelayMs: seed % 3 === 0 ? 0 : 60_000 };
        let log = fixture.open(config);
        const history = new History(fixture, log, new SeededRandom(seed));
        const { committed } = history;
        history.write(10);
        fixture.roll(log);
        log.flush();
        fixture.directory.checkpoint();

        const kill = killAt(fs, at);
        await fixture.clean();
        if (!kill.isDone()) break;
        interrupted++;
        fs.fault = undefined;
        log.abandon();
        if (how === 'without power') fs.crash(new SeededRandom(seed * 1000 + at));

        // The dead broker's lock is on the folder's name.
        fs.rename('/data', '/found');
        const next = new CleanerFixture(fs, '/found');
        log = next.open(config);
        expect(next.files(log).filter((name) => /cleaned|swap|deleted/.test(name))).toEqual([]);
        expect(table(readCommitted(log))).toEqual(table(committed));
        const offsets = recordLines(log.batches(0)).map((line) => Number.parseInt(line, 10));
        expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
        await next.clean();
        expect(table(readCommitted(log))).toEqual(table(committed));
        expect(readCommitted(log).length).toBe(new Set(readCommitted(log).map(({ key }) => key)).size);
        next.directory.close();
      }
      expect(interrupted).toBeGreaterThan(30);
    },
  );
});
