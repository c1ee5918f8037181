import {
  MemoryFileSystem,
  SeededRandom,
  silentLogger,
  SimulatedClock,
  type FileSystem,
  type Logger,
} from '../base/index.ts';
import {
  buildBatch,
  controlRecordKey,
  endTransactionMarker,
  recordsOf,
  scanBatches,
  type BatchInput,
  type RecordBatch,
} from '../wire/records/index.ts';
import { defaultLogConfig, type LogConfig } from './log-config.ts';
import type { Appended, AppendOrigin, AppendRefused, PartitionLogOptions, ReadRequest } from './log-types.ts';
import { PartitionLog } from './partition-log.ts';
import { WritePace } from './write-pace.ts';

/** A log in memory for tests, with a clock that stands still until told otherwise. */
export class LogFixture {
  readonly clock: SimulatedClock;
  readonly fs: FileSystem;
  readonly directory = '/data/orders-0';
  logger: Logger = silentLogger;
  readonly #endOfTurn: (() => void)[] = [];

  constructor(fs?: FileSystem) {
    this.clock = new SimulatedClock(undefined, (then) => void this.#endOfTurn.push(then));
    this.fs = fs ?? new MemoryFileSystem({ clock: this.clock });
    this.fs.makeDirectory('/data');
    this.fs.syncDirectory('/');
  }

  /** Ends the turn of the event loop. */
  endTurn(): void {
    for (const then of this.#endOfTurn.splice(0)) then();
  }

  /** Ends turn after turn until it is known what comes of `work`. */
  async settled<T>(work: Promise<T>): Promise<T> {
    let isSettled = false;
    const noted = work.finally(() => (isSettled = true));
    for (; !isSettled; await Promise.resolve()) this.endTurn();
    return noted;
  }

  /** The process is gone, and with it what it wanted to do next. */
  kill(log: PartitionLog): void {
    this.#endOfTurn.length = 0;
    log.abandon();
  }

  open(config: Partial<LogConfig> = {}, options: Partial<PartitionLogOptions> = {}): PartitionLog {
    return PartitionLog.open({
      fs: this.fs,
      clock: this.clock,
      random: new SeededRandom(1),
      logger: this.logger,
      directory: this.directory,
      topic: 'orders',
      partition: 0,
      config: { ...defaultLogConfig, ...config },
      producerIdExpirationMs: 86_400_000,
      cleanShutdown: true,
      writePace: new WritePace(
        this.clock,
        this.fs,
        () => this.fs instanceof MemoryFileSystem && this.fs.busy !== undefined,
      ),
      ...options,
    });
  }

  /** Records with these values, of now. */
  batch(values: readonly string[], input: Partial<BatchInput> = {}): Buffer {
    const records = values.map((value) => ({
      timestampMs: this.clock.now(),
      key: Buffer.from('k'),
      value: Buffer.from(value),
    }));
    return buildBatch({ baseOffset: 0, records, ...input });
  }

  marker(producerId: number, producerEpoch: number, type: 'COMMIT' | 'ABORT', coordinatorEpoch = 0): Buffer {
    const record = {
      timestampMs: this.clock.now(),
      key: controlRecordKey(type),
      value: endTransactionMarker(coordinatorEpoch),
    };
    return buildBatch({
      baseOffset: 0,
      records: [record],
      producerId,
      producerEpoch,
      isTransactional: true,
      isControl: true,
    });
  }
}

export function append(log: PartitionLog, records: Buffer, leaderEpoch = 0, origin: AppendOrigin = 'client'): Appended {
  const result = log.append(records, { leaderEpoch, origin });
  if (result.kind === 'refused') throw new Error(`refused: ${result.errorCode} ${result.errorMessage}`);
  return result;
}

export function refuse(log: PartitionLog, records: Buffer, origin: AppendOrigin = 'client'): AppendRefused {
  const result = log.append(records, { leaderEpoch: 0, origin });
  if (result.kind === 'appended') throw new Error(`appended at ${result.baseOffset}`);
  return result;
}

/** The whole batches of a read; where the next one is begun as well, the read has exactly the bytes asked for. */
export function read(log: PartitionLog, request: Partial<ReadRequest> = {}): RecordBatch[] {
  const { maxBytes = 2 ** 30, ...rest } = request;
  const plan = log.plan({ from: log.logStartOffset, maxBytes, upTo: Infinity, minOneBatch: true, ...rest });
  if (plan.kind === 'refused') throw new Error(`refused: ${plan.errorCode}`);
  const bytes = log.read(plan);
  if (bytes.length !== plan.sizeInBytes) throw new Error('a plan is read whole');
  const { batches, problem, validBytes } = scanBatches(bytes);
  const isFull = problem?.kind !== 'malformed' && bytes.length === maxBytes && bytes.length > validBytes;
  if (problem !== null && !isFull) throw new Error('a plan is made of batches, of which only the last is cut');
  return batches;
}

export function values(batches: Iterable<RecordBatch>): string[] {
  return [...batches].flatMap((batch) => recordsOf(batch, { maxBytes: 2 ** 20 }).map(({ value }) => String(value)));
}
