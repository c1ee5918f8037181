/**
 * Transactional producers, their coordinator, the partitions they write to and the group whose offsets they commit, joined by a
 * network that loses, repeats and reorders, with crashes in between: the real machines and logs, one seed, virtual time.
 */
import assert from 'node:assert/strict';
import { MemoryFileSystem, SeededRandom, silentLogger, SimulatedClock } from '../src/base/index.ts';
import { SimulatedGroups } from '../src/groups/simulated-groups.check.ts';
import { defaultLogConfig, PartitionLog } from '../src/storage/index.ts';
import { MINUTE, SimulatedTransactions } from '../src/transactions/simulated-transactions.check.ts';
import { buildBatch, controlRecordKey, endTransactionMarker, recordsOf } from '../src/wire/records/index.ts';

const GROUPS_TOPIC = '__consumer_offsets';
const TOPIC = 'orders';
const GROUP = 'readers';

const NONE = 0;
const INVALID_TXN_STATE = 48;
const CONCURRENT_TRANSACTIONS = 51;
const PRODUCER_FENCED = 90;

/** One producer's transaction, as its client knows it. */
interface Attempt {
  readonly values: string[];
  offset: number | undefined;
  /** What its client was told. */
  outcome: 'open' | 'committed' | 'aborted' | 'unknown';
}

/** A partition with its log, on a disk that outlives the broker. */
class Partition {
  readonly index: number;
  readonly #fs: MemoryFileSystem;
  readonly #clock: SimulatedClock;
  readonly #topic: string;
  log: PartitionLog;
  /** What readers at read committed have seen so far. */
  seen: readonly string[] = [];

  constructor(topic: string, index: number, fs: MemoryFileSystem, clock: SimulatedClock) {
    this.#topic = topic;
    this.index = index;
    this.#fs = fs;
    this.#clock = clock;
    this.log = this.#open();
  }

  #open(): PartitionLog {
    return PartitionLog.open({
      fs: this.#fs,
      clock: this.#clock,
      random: new SeededRandom(1),
      logger: silentLogger,
      directory: `/data/${this.#topic}-${this.index}`,
      topic: this.#topic,
      partition: this.index,
      config: { ...defaultLogConfig, segmentBytes: 2_000, messageTimestampBeforeMaxMs: Infinity },
      producerIdExpirationMs: 1_000 * MINUTE,
      cleanShutdown: false,
    });
  }

  crash(): void {
    this.log.abandon();
    this.log = this.#open();
    this.#commit();
  }

  append(records: Buffer, options: Omit<Parameters<PartitionLog['append']>[1], 'leaderEpoch'>): number {
    const outcome = this.log.append(records, { leaderEpoch: 0, ...options });
    this.#commit();
    return outcome.kind === 'refused' ? outcome.errorCode : NONE;
  }

  #commit(): void {
    this.log.writeQueued();
    this.log.setHighWatermark(this.log.logEndOffset);
  }

  mark(marker: Marker, coordinatorEpoch: number): number {
    const { producerId, producerEpoch, isCommit, clientTransactionVersion: transactionVersion } = marker;
    const key = controlRecordKey(isCommit ? 'COMMIT' : 'ABORT');
    const records = [{ timestampMs: this.#clock.now(), key, value: endTransactionMarker(coordinatorEpoch) }];
    const batch = { baseOffset: 0, isControl: true, isTransactional: true, producerId, producerEpoch, records };
    return this.append(buildBatch(batch), { origin: 'coordinator', transactionVersion });
  }

  /** Values that a reader at read committed gets. */
  committed(): string[] {
    const { lastStableOffset } = this.log;
    const starts = this.log.abortedTransactions(0, lastStableOffset);
    assert.deepEqual(
      starts.map(({ firstOffset }) => firstOffset),
      starts.map(({ firstOffset }) => firstOffset).sort((a, b) => a - b),
      'aborted transactions are told in the order of their first offsets',
    );
    const aborted = new Set<number>();
    const values: string[] = [];
    for (const batch of this.log.batches(0)) {
      if (batch.baseOffset >= lastStableOffset) break;
      while (starts[0] !== undefined && starts[0].firstOffset <= batch.baseOffset)
        aborted.add(starts.shift()!.producerId);
      if (batch.isControl) aborted.delete(batch.producerId);
      else if (!aborted.has(batch.producerId))
        for (const { value } of recordsOf(batch, { maxBytes: 1 << 20 })) values.push(String(value));
    }
    return values;
  }
}

type Marker = SimulatedTransactions['decided'][number];

/** A client that goes on until it is told that another has its name. */
class Producer {
  readonly name: string;
  readonly offsetPartition: number;
  readonly raisesEpochs: boolean;
  producerId = -1;
  producerEpoch = -1;
  /** Whether it knows who it is, and may begin. */
  isReady = false;
  attempt: Attempt | undefined;
  readonly added = new Set<string>();
  readonly sequences = new Map<number, number>();
  /** What it waits for: sent again when it is lost. */
  waiting: { readonly send: () => void; isLost: boolean } | undefined;
  /** The same, while that is a write. */
  write: Producer['waiting'];
  /** It will not wait for a write any longer, and goes on with another epoch when the transaction is aborted. */
  hasAbandoned = false;

  constructor(name: string, offsetPartition: number, raisesEpochs: boolean) {
    this.name = name;
    this.offsetPartition = offsetPartition;
    this.raisesEpochs = raisesEpochs;
  }

  get known() {
    return { transactionalId: this.name, producerId: this.producerId, producerEpoch: this.producerEpoch };
  }

  become(producerId: number, producerEpoch: number): void {
    if (this.producerId === producerId && this.producerEpoch === producerEpoch) return;
    this.producerId = producerId;
    this.producerEpoch = producerEpoch;
    this.sequences.clear();
  }
}

export class TransactionsUnderChaos {
  readonly random: SeededRandom;
  readonly transactions: SimulatedTransactions;
  readonly groups = new SimulatedGroups();
  readonly partitions: readonly Partition[];
  readonly offsets: Partition;
  readonly attempts: Attempt[] = [];
  /** How often each thing happened, so that a test can tell that it did. */
  readonly counts = new Map<string, number>();
  readonly #clock = new SimulatedClock(1_700_000_000_000, () => {});
  readonly #producers: Producer[];
  readonly #owners = new Map<string, Producer>();
  readonly #committedOffsets = new Map<number, number>();
  #network: (() => void)[] = [];
  #coordinatorEpoch = 0;
  /** Of coordinators whose process died with all that it had to send. */
  readonly #silenced = new Set<number>();
  #values = 0;
  #isChaotic = true;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
    this.transactions = new SimulatedTransactions({ transactionVersion: this.random.pick([1, 2]) });
    const fs = new MemoryFileSystem({ clock: this.#clock });
    fs.makeDirectory('/data');
    this.partitions = [0, 1, 2].map((index) => new Partition(TOPIC, index, fs, this.#clock));
    this.offsets = new Partition(GROUPS_TOPIC, 0, fs, this.#clock);
    this.#producers = ['a', 'a', 'b', 'c'].map(
      (name, i) => new Producer(name, i, this.transactions.config.transactionVersion === 2 && this.random.below(4) > 0),
    );
  }

  step(): void {
    const what = this.random.below(1000);
    if (what < 700) this.#deliver();
    else if (what < 965) this.#act(this.random.pick(this.#producers));
    else if (what < 975) this.advance(this.random.pick([1, 100, 20_000]));
    else if (what < 980) this.#moveCoordinator();
    else if (what < 990) this.#crash(this.random.pick([...this.partitions, this.offsets]));
    else this.#count('group coordinator moved', () => this.groups.moveCoordinator());
    this.#collectMarkers();
    this.checkAlways();
  }

  /** Lets everything come to its end: nothing is lost any more, and what nobody ends runs out of time. */
  drain(): void {
    this.#isChaotic = false;
    for (let round = 0; round < 6; round++) {
      for (const producer of this.#producers) {
        if (producer.waiting?.isLost === true) this.#resend(producer);
      }
      while (this.#network.length > 0) {
        this.#deliver();
        this.#collectMarkers();
      }
      this.advance(2 * MINUTE);
      this.#collectMarkers();
    }
    this.checkAlways();
  }

  advance(ms: number): void {
    this.#clock.advance(ms);
    this.transactions.advance(ms);
    this.groups.advance(ms);
  }

  #count(what: string, work: () => void): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
    work();
  }

  // What must hold after every step

  checkAlways(): void {
    for (const partition of [...this.partitions, this.offsets]) {
      const { log } = partition;
      assert.ok(log.lastStableOffset <= log.highWatermark, 'the last stable offset is below the high watermark');
    }
    for (const partition of this.partitions) {
      const now = partition.committed();
      assert.deepEqual(now.slice(0, partition.seen.length), partition.seen, 'what was read at read committed stays so');
      partition.seen = now;
    }
    const seen = new Set(this.partitions.flatMap((partition) => partition.seen));
    for (const { outcome, values } of this.attempts)
      if (outcome === 'aborted') assert.ok(!values.some((value) => seen.has(value)), 'what was aborted is not read');
    const committed = this.groups.offsets(GROUP);
    for (const { offsetPartition } of this.#producers) {
      const offset = committed[`${TOPIC}-${offsetPartition}`] ?? -1;
      const before = this.#committedOffsets.get(offsetPartition) ?? -1;
      assert.ok(offset >= before, `the committed offset ${before} is not lost`);
      this.#committedOffsets.set(offsetPartition, offset);
      const attempt = this.attempts.find((each) => each.offset === offset);
      assert.notEqual(attempt?.outcome, 'aborted', 'no offset of an aborted transaction is committed');
    }
  }

  /** The coordinators' states are what their logs say. */
  checkReplay(): void {
    assert.deepEqual(this.transactions.replayed(), this.transactions.hard);
    assert.deepEqual(this.groups.replayed(), this.groups.hard);
  }

  /** What must hold when all has come to its end. */
  checkEnd(): void {
    this.checkReplay();
    for (const { log } of [...this.partitions, this.offsets])
      assert.equal(log.lastStableOffset, log.logEndOffset, 'no transaction is left hanging');
    const seen = new Map<string, number>();
    for (const value of this.partitions.flatMap((partition) => partition.committed()))
      seen.set(value, (seen.get(value) ?? 0) + 1);
    for (const times of seen.values()) assert.equal(times, 1, 'nothing is there twice');
    const committed = this.groups.offsets(GROUP);
    for (const { outcome, values, offset } of this.attempts) {
      const visible = values.filter((value) => seen.has(value)).length;
      if (outcome === 'committed') assert.equal(visible, values.length, 'what was committed is read');
      assert.ok(visible === 0 || visible === values.length, 'a transaction is read whole or not at all');
      if (outcome === 'committed' && offset !== undefined)
        assert.ok((committed[`${TOPIC}-${offset % 10}`] ?? -1) >= offset, 'a committed offset is there');
    }
  }

  // The network

  #send(message: () => void, mayRepeat = true): void {
    this.#network.push(message);
    if (mayRepeat && this.#isChaotic && this.random.below(12) === 0)
      this.#count('repeated', () => this.#network.push(message));
  }

  #deliver(): void {
    if (this.#network.length === 0) return;
    const [message] = this.#network.splice(this.random.below(this.#network.length), 1);
    message?.();
  }

  /** Asks, and hears of it or not. `ask` may need more hops before it can answer. */
  #request<R>(
    producer: Producer,
    ask: (answer: (reply: R) => void) => void,
    hear: (reply: R) => void,
    mayRepeat = true,
  ): void {
    const waiting = {
      isLost: false,
      send: () => {
        waiting.isLost = false;
        this.#send(() => {
          ask((reply) => {
            if (this.#isChaotic && this.random.below(15) === 0) {
              this.#count('answers lost', () => (waiting.isLost = true));
              return;
            }
            this.#network.push(() => {
              if (producer.waiting !== waiting) return;
              producer.waiting = undefined;
              hear(reply);
            });
          });
        }, mayRepeat);
      },
    };
    producer.waiting = waiting;
    waiting.send();
  }

  #resend(producer: Producer): void {
    this.#count('sent again', () => producer.waiting?.send());
  }

  // Producers

  #act(producer: Producer): void {
    const { waiting, attempt } = producer;
    if (waiting !== undefined) {
      if (waiting === producer.write && attempt !== undefined && this.random.below(6) === 0) {
        this.#count('writes abandoned', () => this.#abandon(producer, attempt));
      } else if (waiting.isLost) this.#resend(producer);
      return;
    }
    if (!producer.isReady) return this.#init(producer);
    if (attempt === undefined) return this.#begin(producer);
    const what = this.random.below(10);
    if (what < 5) this.#write(producer, attempt);
    // Once: nothing tells an offset that comes late from one that was meant to come last.
    else if (what < 7 && attempt.offset === undefined) this.#commitOffset(producer, attempt);
    else if (attempt.values.length + (attempt.offset ?? 0) > 0) this.#end(producer, attempt, this.random.below(4) > 0);
    else if (this.random.below(30) === 0) this.#giveUp(producer);
  }

  #begin(producer: Producer): void {
    producer.attempt = { values: [], offset: undefined, outcome: 'open' };
    producer.added.clear();
    this.attempts.push(producer.attempt);
  }

  /** The client has died, or was fenced: another begins in its place, and does not know how far the former one came. */
  #giveUp(producer: Producer): void {
    if (producer.attempt?.outcome === 'open') producer.attempt.outcome = 'unknown';
    producer.attempt = undefined;
    producer.isReady = false;
    producer.hasAbandoned = false;
  }

  /** What it wrote last may still come, and must not be taken for a part of its next transaction. */
  #abandon(producer: Producer, attempt: Attempt): void {
    producer.waiting = undefined;
    producer.hasAbandoned = true;
    this.#end(producer, attempt, false);
  }

  #init(producer: Producer): void {
    const { transactionalId, producerId, producerEpoch } = producer.known;
    const expected = producer.hasAbandoned ? { producerId, producerEpoch } : undefined;
    this.#request<ReturnType<SimulatedTransactions['init']>>(
      producer,
      (answer) => answer(this.transactions.init({ transactionalId, timeoutMs: 30_000, expected })),
      ({ errorCode, producerId, producerEpoch }) => {
        if (errorCode === CONCURRENT_TRANSACTIONS) return;
        producer.hasAbandoned = false;
        if (errorCode === PRODUCER_FENCED) return;
        assert.equal(errorCode, NONE);
        const owner = `${producerId}/${producerEpoch}`;
        assert.ok((this.#owners.get(owner) ?? producer) === producer, `${owner} is nobody else's`);
        this.#owners.set(owner, producer);
        producer.become(producerId, producerEpoch);
        producer.isReady = true;
      },
    );
  }

  /** What a client makes of an error while its transaction is open; false where it tries again. */
  #failed(producer: Producer, errorCode: number): boolean {
    if (errorCode === CONCURRENT_TRANSACTIONS) return false;
    this.#count(`error ${errorCode}`, () => this.#giveUp(producer));
    return true;
  }

  #write(producer: Producer, attempt: Attempt): void {
    const partition = this.random.pick(this.partitions);
    const name = `${TOPIC}-${partition.index}`;
    const { known, raisesEpochs } = producer;
    if (!raisesEpochs && !producer.added.has(name)) {
      return this.#addPlainly(producer, name);
    }
    const baseSequence = producer.sequences.get(partition.index) ?? 0;
    const value = `${producer.name}-${++this.#values}`;
    const { producerId, producerEpoch } = known;
    const records = [{ timestampMs: this.#clock.now(), key: null, value: Buffer.from(value) }];
    const batch = { baseOffset: 0, isTransactional: true, producerId, producerEpoch, baseSequence, records };
    attempt.values.push(value);
    const send = (): void => {
      this.#request<number>(
        producer,
        (answer) => this.#produce(partition, known, raisesEpochs, baseSequence, buildBatch(batch), answer),
        (errorCode) => {
          if (errorCode === NONE) producer.sequences.set(partition.index, baseSequence + 1);
          else if (!this.#failed(producer, errorCode)) send();
        },
      );
      producer.write = producer.waiting;
    };
    send();
  }

  /** Transactions v1: the producer itself makes a partition part of its transaction. */
  #addPlainly(producer: Producer, name: string): void {
    this.#request<number>(
      producer,
      (answer) => answer(this.transactions.add(producer.known, name, 0)),
      (errorCode) => {
        if (errorCode === NONE) producer.added.add(name);
        else this.#failed(producer, errorCode);
      },
    );
  }

  /** The partition asks the coordinator about the transaction, and appends when it has heard of it. */
  #produce(
    partition: Partition,
    known: Producer['known'],
    raisesEpochs: boolean,
    baseSequence: number,
    records: Buffer,
    answer: (errorCode: number) => void,
  ): void {
    const guard = partition.log.producerChecks.startVerification({ ...known, baseSequence, raisesEpochs });
    const append = (): void =>
      answer(partition.append(Buffer.from(records), { origin: 'client', verification: { guard } }));
    if (guard === undefined) return append();
    this.#send(() => {
      const errorCode = this.#isMember(known, raisesEpochs, TOPIC, partition.index);
      if (errorCode === NONE) this.#send(append);
      else answer(errorCode);
    });
  }

  #isMember(known: Producer['known'], raisesEpochs: boolean, topic: string, partition: number): number {
    if (raisesEpochs) return this.transactions.add(known, `${topic}-${partition}`);
    const partitions = new Map([[topic, new Set([partition])]]);
    const { errorCode, missing } = this.transactions.ask('verifyPartitions', { ...known, partitions });
    return missing.size > 0 ? INVALID_TXN_STATE : errorCode;
  }

  #commitOffset(producer: Producer, attempt: Attempt): void {
    const { known, raisesEpochs, offsetPartition } = producer;
    const name = `${GROUPS_TOPIC}-0`;
    if (!raisesEpochs && !producer.added.has(name)) {
      return this.#addPlainly(producer, name);
    }
    // Offsets rise over all, and tell whose they are.
    const offset = ++this.#values * 10 + offsetPartition;
    const send = (): void =>
      this.#request<number>(
        producer,
        (answer) => this.#storeOffset(known, raisesEpochs, offsetPartition, offset, answer),
        (errorCode) => {
          if (errorCode === NONE) attempt.offset = offset;
          else if (!this.#failed(producer, errorCode)) send();
        },
        // With an epoch that stays, one that comes late would pass for one of the transaction after.
        raisesEpochs,
      );
    send();
  }

  #storeOffset(
    known: Producer['known'],
    raisesEpochs: boolean,
    partitionIndex: number,
    committedOffset: number,
    answer: (errorCode: number) => void,
  ): void {
    const { log } = this.offsets;
    const question = { ...known, baseSequence: -1, raisesEpochs };
    const guard = log.producerChecks.startVerification(question);
    const store = (): void => {
      const now = this.offsets.log.producerChecks.startVerification(question);
      if (guard !== undefined && now !== undefined && now !== guard) return answer(INVALID_TXN_STATE);
      if (guard === undefined && now !== undefined) return answer(INVALID_TXN_STATE);
      const refusal = this.offsets.log.producerChecks.checkProducer(known.producerId, known.producerEpoch);
      if (refusal !== NONE) return answer(refusal);
      const { answer: stored } = this.groups.ask('txnOffsetCommit', {
        ...known,
        groupId: GROUP,
        generationId: -1,
        memberId: '',
        groupInstanceId: null,
        topics: [
          {
            name: TOPIC,
            partitions: [{ partitionIndex, committedOffset, committedLeaderEpoch: -1, committedMetadata: null }],
          },
        ],
      });
      const errorCode = stored.topics[0]?.partitions[0]?.errorCode ?? -1;
      assert.equal(errorCode, NONE);
      const { producerId, producerEpoch } = known;
      const records = [{ timestampMs: this.#clock.now(), key: null, value: Buffer.from(String(committedOffset)) }];
      const batch = { baseOffset: 0, isTransactional: true, producerId, producerEpoch, baseSequence: 0, records };
      answer(this.offsets.append(buildBatch(batch), { origin: 'coordinator' }));
    };
    if (guard === undefined) return store();
    this.#send(() => {
      const errorCode = this.#isMember(known, raisesEpochs, GROUPS_TOPIC, 0);
      if (errorCode === NONE) this.#send(store, raisesEpochs);
      else answer(errorCode);
    }, raisesEpochs);
  }

  #end(producer: Producer, attempt: Attempt, isCommit: boolean): void {
    const { known, raisesEpochs } = producer;
    const send = (): void =>
      this.#request<ReturnType<SimulatedTransactions['end']>>(
        producer,
        (answer) => answer(this.transactions.end(known, isCommit, raisesEpochs ? 2 : 0)),
        ({ errorCode, producerId, producerEpoch }) => {
          if (errorCode === CONCURRENT_TRANSACTIONS) return send();
          if (errorCode !== NONE) {
            assert.ok([INVALID_TXN_STATE, PRODUCER_FENCED, 49].includes(errorCode), `EndTxn failed with ${errorCode}`);
            this.#failed(producer, errorCode);
            return;
          }
          this.#count(isCommit ? 'committed' : 'aborted', () => {
            attempt.outcome = isCommit ? 'committed' : 'aborted';
            producer.attempt = undefined;
            if (raisesEpochs) producer.become(producerId, producerEpoch);
            else if (producer.hasAbandoned) producer.isReady = false;
            if (raisesEpochs) producer.hasAbandoned = false;
          });
        },
      );
    send();
  }

  // Markers

  /** Sends what was decided since, to all its partitions, until each has it. */
  #collectMarkers(): void {
    for (const marker of this.transactions.decided.splice(0)) {
      const epoch = this.#coordinatorEpoch;
      const left = new Set([...marker.partitions].flatMap(([topic, ids]) => [...ids].map((id) => `${topic}-${id}`)));
      const written = (name: string): void => {
        left.delete(name);
        if (left.size > 0) return;
        const { transactionalId, producerId, producerEpoch } = marker;
        this.#send(() => {
          if (this.#silenced.has(epoch)) return;
          this.transactions.ask('marked', { transactionalId, producerId, producerEpoch });
        });
      };
      if (left.size === 0) written('');
      for (const name of [...left])
        this.#send(() => {
          if (this.#silenced.has(epoch)) return;
          const index = Number(name.slice(name.lastIndexOf('-') + 1));
          const partition = name.startsWith(GROUPS_TOPIC) ? this.offsets : this.partitions[index];
          const errorCode = partition?.mark(marker, epoch) ?? NONE;
          if (errorCode === NONE && partition === this.offsets) {
            const { producerId, producerEpoch, isCommit } = marker;
            this.groups.ask('endTransaction', { producerId, producerEpoch, coordinatorEpoch: epoch, isCommit });
          }
          written(name);
        });
    }
  }

  #moveCoordinator(): void {
    this.#count('coordinator moved', () => {
      if (this.random.below(2) === 0) this.#silenced.add(this.#coordinatorEpoch);
      this.#coordinatorEpoch++;
      this.transactions.moveCoordinator();
    });
  }

  #crash(partition: Partition): void {
    this.#count('partition crashed', () => partition.crash());
  }
}
