/** A byte of some file is flipped while the broker is down. */
import assert from 'node:assert/strict';
import { basename, dirname, join } from 'node:path';
import { MemoryFileSystem, RecordingLogger, silentLogger, SimulatedClock } from '../src/base/index.ts';
import { recordsOf, scanBatches } from '../src/wire/records/index.ts';
import { createTopic, fetchFrom } from './broker.ts';
import { Life, type Knowledge } from './power-loss.ts';
import { TransactionalClient } from './transactional-client.ts';

const CORRUPT_MESSAGE = 2;
const KAFKA_STORAGE_ERROR = 56;
const ROOT = '/disk';
/** Of which every other transaction is aborted, read at read committed. */
const UNCERTAIN = 'uncertain';
const READ_COMMITTED = 1;

/** A folder as a broker has left it, and what its clients know. */
export interface Folder {
  readonly files: ReadonlyMap<string, Buffer>;
  readonly now: number;
  readonly known: Knowledge;
  /** Leader epochs of batches, by partition folder and base offset. */
  readonly epochs: ReadonlyMap<string, number>;
  /** What committed transactions wrote. */
  readonly committed: readonly string[];
}

/** What became of a flipped byte. */
export interface Outcome {
  /** Someone was told which file is damaged. */
  readonly isReported: boolean;
  readonly isRefused: boolean;
  /** Offsets that could not be read. */
  readonly unread: number;
}

/** Topics of several segments, commits, configs, deleted records and aborted transactions, stopped cleanly. */
export async function leftFolder(): Promise<Folder> {
  const clock = new SimulatedClock(undefined, setImmediate);
  const fs = new MemoryFileSystem({ clock });
  fs.makeDirectory(ROOT);
  const begin = (): Promise<Life> => Life.begin(fs, clock, known, silentLogger);
  const known = Life.knowledge();
  let life = await begin();
  await life.create('safe');
  await life.create('keyed', { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': '0.01' });
  await life.produce('keyed', 4);
  await life.produce('safe', 3);
  await life.roll('safe', 'keyed');
  await life.produce('safe', 3);
  await life.commit(3);
  await createTopic(life.wire, UNCERTAIN, 1, { 'segment.ms': '1000' });
  const committed = await transact(life);
  await life.end();
  life = await begin();
  await life.deleteRecords('safe', 2);
  await life.roll('safe', 'keyed');
  await life.wait(3000);
  await life.setRetention('safe', 1000);
  await life.produce('safe', 2);
  await life.commit(5);
  await life.end();
  const files = new Map<string, Buffer>();
  const collect = (directory: string): void => {
    for (const name of fs.list(directory)) {
      const path = join(directory, name);
      if (fs.info(path)?.isDirectory === true) collect(path);
      else files.set(path, fs.readFile(path));
    }
  };
  collect(ROOT);
  const epochs = new Map<string, number>();
  for (const [path, content] of files) {
    if (!path.endsWith('.log')) continue;
    for (const { baseOffset, partitionLeaderEpoch } of scanBatches(content).batches)
      epochs.set(`${basename(dirname(path))} ${baseOffset}`, partitionLeaderEpoch);
  }
  return { files, now: clock.now(), known, epochs, committed };
}

/** Transactions of which every other is aborted, over two segments. Returns what the others wrote. */
async function transact(life: Life): Promise<string[]> {
  const producer = new TransactionalClient(life.wire, 'undecided');
  assert.equal(await producer.init(), 0);
  const committed: string[] = [];
  for (let number = 0; number < 8; number++) {
    if (number === 4) life.clock.advance(1001);
    const values = [`${number}.0`, `${number}.1`];
    assert.equal((await producer.send(UNCERTAIN, values)).errorCode, 0);
    const isCommit = number % 2 === 1;
    assert.equal(await producer.end(isCommit), 0);
    if (isCommit) committed.push(...values);
  }
  return committed;
}

/** Flips bits of a byte, starts a broker, and throws when anything is served that was not written, or lost without a word. */
export async function flip(folder: Folder, path: string, position: number, bits: number): Promise<Outcome> {
  const clock = new SimulatedClock(folder.now, setImmediate);
  const fs = new MemoryFileSystem({ clock });
  for (const [file, content] of folder.files) {
    fs.makeDirectory(dirname(file));
    const copy = Buffer.from(content);
    if (file === path) copy.writeUInt8(copy.readUInt8(position) ^ bits, position);
    fs.replaceFile(file, copy);
  }
  const logger = new RecordingLogger();
  const names = (text: string): boolean => text.includes(path.slice(path.lastIndexOf('/') + 1));
  let life: Life;
  try {
    life = await Life.begin(fs, clock, folder.known, logger);
  } catch (error) {
    assert.ok(names(String(error)), `the broker does not start, and does not say why: ${String(error)}`);
    return { isReported: true, isRefused: true, unread: 0 };
  }
  const isTold = (): boolean =>
    logger.lines.some(
      ({ level, message, fields }) =>
        (level === 'warn' || level === 'error') && names(`${message} ${Object.values(fields).map(String).join(' ')}`),
    );
  try {
    let unread = 0;
    for (const [name, state] of folder.known.topics) {
      assert.equal(life.topicId(name), state.id, `the id of ${name}`);
      assert.equal(life.retention(name), state.retentionMs.sent, `the retention of ${name}`);
      unread += await readAll(life, name, folder.epochs);
    }
    unread += await readCommitted(life, folder.committed);
    const committed = await life.committed();
    const { sent } = folder.known.committed;
    assert.ok(committed === sent || isTold(), `offset ${committed} is committed, not ${sent}`);
    assert.ok(unread === 0 || isTold(), `${unread} offsets cannot be read, and nobody says why`);
    return { isReported: isTold(), isRefused: false, unread };
  } finally {
    await life.end();
  }
}

/** Reads what there is, over what cannot be read. Returns how much that was. */
async function readAll(life: Life, name: string, epochs: Folder['epochs']): Promise<number> {
  const { values, acknowledgedEnd, start } = life.topic(name);
  const isCompacted = name === 'keyed';
  let unread = 0;
  let empty = 0;
  for (let from = start.acknowledged; from < acknowledgedEnd;) {
    const { errorCode, records, highWatermark } = await fetchFrom(life.wire, name, from);
    if (errorCode === KAFKA_STORAGE_ERROR) return unread + acknowledgedEnd - from;
    assert.ok(errorCode === 0 || errorCode === CORRUPT_MESSAGE, `error ${errorCode} for ${name} from ${from}`);
    if (errorCode === 0) assert.equal(highWatermark, acknowledgedEnd, `the end of ${name}`);
    const { batches } = scanBatches(records ?? Buffer.alloc(0));
    if (errorCode === CORRUPT_MESSAGE || (batches.length === 0 && ++empty > 1)) {
      unread++;
      from++;
      empty = 0;
    }
    for (const batch of batches) {
      assert.ok(batch.isValid(), `the batch of ${name} at ${batch.baseOffset} is served damaged`);
      assert.equal(
        batch.partitionLeaderEpoch,
        epochs.get(`${name}-0 ${batch.baseOffset}`),
        `the epoch of ${name} at ${batch.baseOffset}`,
      );
      if (!isCompacted) assert.ok(batch.baseOffset <= from, `${name} is read from ${batch.baseOffset}, not ${from}`);
      for (const { offset, value } of recordsOf(batch, { maxBytes: 2 ** 20 }))
        assert.equal(String(value), values[offset], `${name} at ${offset}`);
      from = Math.max(from, batch.nextOffset);
    }
  }
  return unread;
}

/** Reads what transactions left, as consumers do: without what the broker calls aborted. Returns how much could not be read. */
async function readCommitted(life: Life, expected: readonly string[]): Promise<number> {
  const aborted = new Set<number>();
  const values: string[] = [];
  for (let from = 0, empty = 0; empty < 2;) {
    const answer = await fetchFrom(life.wire, UNCERTAIN, from, { isolationLevel: READ_COMMITTED });
    if (answer.errorCode === CORRUPT_MESSAGE || answer.errorCode === KAFKA_STORAGE_ERROR) break;
    assert.equal(answer.errorCode, 0, `error for ${UNCERTAIN} from ${from}`);
    const { batches } = scanBatches(answer.records ?? Buffer.alloc(0));
    // What is found damaged while it is read is told by the next answer.
    if (batches.length === 0) empty++;
    const starts = [...(answer.abortedTransactions ?? [])];
    for (const batch of batches) {
      assert.ok(batch.isValid(), `the batch of ${UNCERTAIN} at ${batch.baseOffset} is served damaged`);
      for (const { producerId, firstOffset } of starts) if (firstOffset <= batch.lastOffset) aborted.add(producerId);
      if (batch.isControl) aborted.delete(batch.producerId);
      else if (!aborted.has(batch.producerId))
        for (const { value } of recordsOf(batch, { maxBytes: 2 ** 20 })) values.push(String(value));
      from = batch.nextOffset;
      for (let i = starts.length - 1; i >= 0; i--) if ((starts[i]?.firstOffset ?? from) < from) starts.splice(i, 1);
    }
  }
  assert.deepEqual(values, expected.slice(0, values.length), `what is read of ${UNCERTAIN} was committed`);
  return expected.length - values.length;
}
