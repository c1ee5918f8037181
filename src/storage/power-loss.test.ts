/**
 * One log lives a random life, and the power fails before every eighth operation that changes a file, and once more while the log is
 * opened again. `OTTLA_POWER_LOSS_SEEDS=1-2000` tries so many lives, `sim/power-loss.test.ts` the same with a whole broker.
 */
import assert from 'node:assert/strict';
import { expect, test } from '@jest/globals';
import { MemoryFileSystem, SeededRandom, type FileOperation } from '../base/index.ts';
import { recordsOf } from '../wire/records/index.ts';
import { CleanerFixture } from './cleaner-fixture.ts';
import type { AbortedTransaction } from './log-types.ts';
import type { PartitionLog } from './partition-log.ts';

const asked = process.env['OTTLA_POWER_LOSS_SEEDS'];
const [first, last] = (asked ?? '1-20').split('-').map(Number) as [number, number?];
const SEEDS_PER_TEST = 100;
/** Each life is cut at others of its steps. */
const STRIDE = 8;
const ranges = Array.from({ length: Math.ceil(((last ?? first) - first + 1) / SEEDS_PER_TEST) }, (_, i) => {
  const from = first + i * SEEDS_PER_TEST;
  return [from, Math.min(from + SEEDS_PER_TEST - 1, last ?? first)] as const;
});

const PLAIN = -1;
const IDEMPOTENT = [7, 8];
const TRANSACTIONAL = [100, 101, 102];

const UNCHANGING: ReadonlySet<FileOperation> = new Set(['read', 'open']);

interface SentBatch {
  readonly baseOffset: number;
  readonly nextOffset: number;
  readonly leaderEpoch: number;
  readonly producerId: number;
  readonly kind: 'data' | 'COMMIT' | 'ABORT';
  readonly records: readonly string[];
}

/** What the clients of a log know. */
interface Known {
  readonly sent: readonly SentBatch[];
  readonly acknowledgedEnd: number;
  readonly start: { readonly acknowledged: number; readonly sent: number };
}

/** What some loss of power leaves. */
interface Wreck {
  readonly name: string;
  readonly fs: MemoryFileSystem;
  readonly known: Known;
}

/** Keeps what is left when the power fails before an operation, for those that `isCut` picks. */
function watch(fs: MemoryFileSystem, seed: number, isCut: (step: number) => boolean, known: () => Known): Wreck[] {
  const wrecks: Wreck[] = [];
  let steps = 0;
  fs.fault = (operation, path) => {
    if (UNCHANGING.has(operation)) return;
    const step = steps++;
    if (!isCut(step)) return;
    const left = fs.afterPowerLoss(new SeededRandom(seed * 1_000_000 + step));
    // The dead broker's lock is on the folder's name.
    wrecks.push({ name: `step ${step}: ${operation} ${path}`, fs: left, known: known() });
  };
  return wrecks;
}

interface Shape {
  readonly isDurable: boolean;
  readonly isCompacted: boolean;
  readonly segmentBytes: number;
  readonly indexIntervalBytes: number;
  readonly fileDeleteDelayMs: number;
  /** So many zeros are put behind the batches at once. */
  readonly headroomBytes: number;
}

function shapeOf(random: SeededRandom): Shape {
  return {
    isDurable: random.chance(70),
    isCompacted: random.chance(40),
    segmentBytes: random.pick([300, 700, 3000]),
    indexIntervalBytes: random.pick([1, 100, 4096]),
    fileDeleteDelayMs: random.pick([0, 1000]),
    headroomBytes: random.pick([0, 20, 100]),
  };
}

/** A log, its clients, and all that happens to them. */
class Life {
  readonly #random: SeededRandom;
  readonly #shape: Shape;
  readonly #fixture: CleanerFixture;
  log: PartitionLog;
  readonly sent: SentBatch[] = [];
  readonly #sequences = new Map<number, number>();
  readonly #open = new Set<number>();
  #start = { acknowledged: 0, sent: 0 };
  #epoch = 0;

  constructor(fs: MemoryFileSystem, shape: Shape, random: SeededRandom) {
    this.#random = random;
    this.#shape = shape;
    this.#fixture = fixtureFor(fs, shape);
    this.log = openLog(this.#fixture, shape);
  }

  known(): Known {
    const { writtenEndOffset } = this.log;
    return { sent: [...this.sent], acknowledgedEnd: writtenEndOffset, start: { ...this.#start } };
  }

  async live(steps: number): Promise<void> {
    for (let i = 0; i < steps; i++) await this.#step();
    this.#fixture.directory.close();
  }

  async #step(): Promise<void> {
    const { log } = this;
    const random = this.#random;
    const action = random.below(100);
    this.#fixture.clock.advance(random.below(3));
    // Committed is what is synced: neither compaction nor retention goes further.
    log.setHighWatermark(log.writtenEndOffset);
    if (action < 60) {
      this.#send(random.pick([PLAIN, ...IDEMPOTENT, ...TRANSACTIONAL]));
      if (random.chance(70)) await turn();
    } else if (action < 75) {
      const [producerId] = this.#open;
      if (producerId !== undefined) this.#end(producerId);
    } else if (action < 79) await log.flushLater();
    else if (action < 83) this.#fixture.directory.checkpoint();
    else if (action < 85) this.#epoch++;
    else if (action < 92 && this.#shape.isCompacted) await this.#fixture.clean();
    else if (action < 96 && !this.#shape.isCompacted) this.#deleteRecords();
    else if (action < 98) {
      await this.#fixture.restart();
      this.log = openLog(this.#fixture, this.#shape);
    } else this.#fixture.clock.advance(2000);
  }

  #send(producerId: number): void {
    const random = this.#random;
    const count = 1 + random.below(3);
    const records = Array.from(
      { length: count },
      (_, i) => `k${random.below(6)}=${this.sent.length}.${i}${'x'.repeat(random.below(60))}`,
    );
    const isTransactional = TRANSACTIONAL.includes(producerId);
    const baseSequence = this.#sequences.get(producerId) ?? 0;
    this.#sequences.set(producerId, baseSequence + count);
    if (isTransactional) this.#open.add(producerId);
    const producer = { producerId, producerEpoch: 0, baseSequence, isTransactional };
    this.#note({ producerId, kind: 'data', records }, count, () =>
      this.#fixture.send(this.log, records, producerId === PLAIN ? {} : producer, this.#epoch),
    );
  }

  #end(producerId: number): void {
    this.#open.delete(producerId);
    const kind = this.#random.pick(['COMMIT', 'ABORT'] as const);
    this.#note({ producerId, kind, records: [] }, 1, () =>
      this.#fixture.marker(this.log, producerId, 0, kind, this.#epoch),
    );
  }

  /** Noted before it is done: the power may fail on the way. */
  #note(batch: Pick<SentBatch, 'producerId' | 'kind' | 'records'>, count: number, send: () => number): void {
    const baseOffset = this.log.logEndOffset;
    this.sent.push({ ...batch, baseOffset, nextOffset: baseOffset + count, leaderEpoch: this.#epoch });
    assert.equal(send(), baseOffset);
  }

  /** As the broker does it for DeleteRecords, and its check of retention later. */
  #deleteRecords(): void {
    const { log } = this;
    const offset = log.logStartOffset + this.#random.below(log.highWatermark - log.logStartOffset + 1);
    this.#start = { acknowledged: log.logStartOffset, sent: offset };
    log.deleteRecordsBefore(offset);
    this.#fixture.directory.checkpointLogStarts();
    this.#start = { acknowledged: offset, sent: offset };
    if (this.#random.chance(70)) this.#fixture.directory.enforceRetention(this.#fixture.clock.now());
  }
}

function fixtureFor(fs: MemoryFileSystem, { headroomBytes }: Shape): CleanerFixture {
  const headroom = headroomBytes === 0 ? undefined : { stepBytes: headroomBytes, fastBytes: 1 };
  return new CleanerFixture(fs, undefined, headroom);
}

function openLog(fixture: CleanerFixture, shape: Shape): PartitionLog {
  const { isDurable, isCompacted, headroomBytes: _zeros, ...config } = shape;
  return fixture.open({
    ...config,
    cleanupPolicy: { delete: !isCompacted, compact: isCompacted },
    retentionMs: -1,
    flushMessages: isDurable ? 1 : Number.MAX_SAFE_INTEGER,
  });
}

const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

/** Opens what is left, and holds it to what its clients know. Returns what a second loss of power leaves. */
function outlive({ fs, known }: Wreck, shape: Shape, seed: number, isCut: (step: number) => boolean): Wreck[] {
  const wrecks = watch(fs, seed, isCut, () => known);
  const fixture = fixtureFor(fs, shape);
  const log = openLog(fixture, shape);
  fs.fault = undefined;
  const { logStartOffset: start, logEndOffset: end } = log;
  const sent = known.sent.filter(({ nextOffset }) => nextOffset <= end);
  // What was not synced may be gone up to where the log is to start: it begins anew there.
  if (start < end) assert.equal(end, sent.at(-1)?.nextOffset, 'the log ends where a batch does');
  assert.ok(start <= Math.max(known.start.sent, end), `the log starts at ${start}`);
  if (shape.isDurable) {
    assert.ok(end >= known.acknowledgedEnd, `the log ends at ${end}, not ${known.acknowledgedEnd}`);
    assert.ok(start >= known.start.acknowledged, `the log starts at ${start}, not ${known.start.acknowledged}`);
  }

  const found = new Map<number, string>();
  for (const batch of log.batches(start)) {
    assert.ok(batch.isValid(), `the batch at ${batch.baseOffset}`);
    if (batch.isControl) continue;
    for (const { offset, key, value } of recordsOf(batch, { maxBytes: 2 ** 20 }))
      found.set(offset, `${String(key)}=${String(value)}`);
  }
  const told = committedOf(sent);
  const all = new Map(sent.flatMap(({ baseOffset, records }) => records.map((text, i) => [baseOffset + i, text])));
  for (const [offset, text] of found) assert.equal(text, all.get(offset), `the record at ${offset}`);
  if (!shape.isCompacted) {
    for (const offset of all.keys()) assert.ok(offset < start || found.has(offset), `the record at ${offset} is gone`);
    // What lies before the log's start may be gone, and the beginning of a transaction with it.
    const visible = (aborted: readonly AbortedTransaction[]) =>
      aborted
        .flatMap(({ producerId, firstOffset }) => {
          const later = sent.filter((b) => b.producerId === producerId && b.baseOffset >= firstOffset);
          const first = later.find(({ nextOffset }) => nextOffset > start);
          return first?.kind === 'data' ? [[first.baseOffset, producerId] as const] : [];
        })
        .sort(([a], [b]) => a - b);
    assert.deepEqual(
      visible(log.abortedTransactions(start, end)),
      visible(told.aborted.filter(({ marker }) => marker >= start)),
      'aborted',
    );
  } else if (shape.isDurable) {
    for (const [key, offset] of told.newest) assert.ok(found.has(offset), `the last of ${key} at ${offset} is gone`);
  }
  // Compaction trusts what is written: without syncing, batches may be gone for the sake of others that are.
  const isKnown = shape.isDurable || !shape.isCompacted;
  if (isKnown && start < end) assert.equal(log.latestEpoch, sent.at(-1)?.leaderEpoch, 'the leader epoch');
  if (isKnown && start === 0) {
    for (const { producerId, batches } of log.producers) {
      if (batches.length === 0 && shape.isCompacted) continue;
      assert.equal(batches.at(-1)?.lastSequence, told.sequences.get(producerId), `the sequence of ${producerId}`);
      told.sequences.delete(producerId);
    }
    // Compaction takes a producer's batch when there is a later one, which may be lost as nobody was told of it.
    if (!shape.isCompacted) assert.deepEqual([...told.sequences.keys()], [], 'producers that are not known');
    assert.equal(log.lastStableOffset, told.firstOpen ?? end, 'the last stable offset');
  }
  assert.equal(fixture.send(log, ['after=it'], {}, log.latestEpoch), end);
  fixture.directory.close();
  return wrecks;
}

/** What a plain look at the batches says of transactions, keys and producers. */
function committedOf(sent: readonly SentBatch[]) {
  const open = new Map<number, { first: number; records: [key: string, offset: number][] }>();
  const aborted: (AbortedTransaction & { readonly marker: number })[] = [];
  const newest = new Map<string, number>();
  const sequences = new Map<number, number>();
  for (const { baseOffset, producerId, kind, records } of sent) {
    const transaction = open.get(producerId);
    if (kind !== 'data') {
      open.delete(producerId);
      if (transaction === undefined) continue;
      if (kind === 'ABORT') aborted.push({ producerId, firstOffset: transaction.first, marker: baseOffset });
      else for (const [key, offset] of transaction.records) newest.set(key, Math.max(newest.get(key) ?? -1, offset));
      continue;
    }
    if (producerId !== PLAIN) sequences.set(producerId, (sequences.get(producerId) ?? -1) + records.length);
    const keyed = records.map((text, i): [string, number] => [text.slice(0, text.indexOf('=')), baseOffset + i]);
    if (!TRANSACTIONAL.includes(producerId)) for (const [key, offset] of keyed) newest.set(key, offset);
    else if (transaction === undefined) open.set(producerId, { first: baseOffset, records: keyed });
    else transaction.records.push(...keyed);
  }
  aborted.sort((a, b) => a.firstOffset - b.firstOffset);
  const firstOpen = open.size === 0 ? undefined : Math.min(...[...open.values()].map(({ first }) => first));
  return { aborted, newest, sequences, firstOpen };
}

test.each(ranges)(
  'a log keeps what was synced, whole and in order, wherever the power fails (seeds %i to %i)',
  async (from, to) => {
    let cuts = 0;
    for (let seed = from; seed <= to; seed++) {
      const random = new SeededRandom(seed);
      const shape = shapeOf(random);
      const fs = new MemoryFileSystem({ simulateCrashes: true });
      const life: Life = new Life(fs, shape, random);
      const wrecks = watch(
        fs,
        seed,
        (step) => step % STRIDE === seed % STRIDE,
        () => life.known(),
      );
      await life.live(40);
      for (const [i, wreck] of wrecks.entries()) {
        try {
          for (const second of outlive(wreck, shape, seed + i, (step) => step === (seed + i) % 17))
            outlive(second, shape, 0, () => false);
        } catch (error) {
          throw new Error(`seed ${seed}, ${wreck.name}, ${JSON.stringify(shape)}: ${String(error)}`, { cause: error });
        }
      }
      cuts += wrecks.length;
    }
    expect(cuts).toBeGreaterThan((to - from + 1) * 30);
  },
  600_000,
);
