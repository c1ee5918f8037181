import { join } from 'node:path';
import type { FileSystem } from '../../base/index.ts';
import type { RecordBatch } from '../../wire/records/index.ts';
import { CheckpointError, readEpochCheckpoint } from '../checkpoint-file.ts';
import { fileName, offsetOfFileName, SUFFIX } from '../file-names.ts';
import { LeaderEpochs } from '../leader-epochs.ts';
import { decodeProducerSnapshot } from '../producer-snapshot.ts';
import { ProducerStates, type CompletedTransaction, type ProducerEntry } from '../producer-state.ts';
import { EPOCH_CHECKPOINT } from '../epoch-checkpoint.ts';
import { TransactionIndex } from '../transaction-index.ts';
import type { Report } from './finding.ts';
import { verifySegment } from './verify-segment.ts';

/** Where a partition's log begins and ends, by its files. */
export interface PartitionExtent {
  readonly startOffset: number;
  readonly endOffset: number;
}

/** Rising; the base offsets of a partition's segments. */
export function segmentsOf(names: readonly string[]): number[] {
  return names.map((name) => offsetOfFileName(name, SUFFIX.log)).filter((offset) => offset !== undefined);
}

/**
 * Reads a whole partition, but believes the next start to settle leader epochs from `recoveryPoint` on: segments and their indexes, then leader epochs, producer snapshots and indexes of aborted transactions
 * against the batches. Yields how many bytes of log it went forward; returns the log's extent.
 * @throws FileError
 */
export function* verifyPartition(
  fs: FileSystem,
  directory: string,
  recoveryPoint: number,
  report: Report,
): Generator<number, PartitionExtent, undefined> {
  const names = fs.list(directory);
  const bases = segmentsOf(names);
  const startOffset = bases[0] ?? 0;
  const epochs = new EpochCheck(fs, join(directory, EPOCH_CHECKPOINT), recoveryPoint, report);
  const producers = new ProducerCheck(fs, directory, names, startOffset, report);
  let endOffset = startOffset;
  for (const [index, baseOffset] of bases.entries()) {
    if (baseOffset < endOffset) {
      const path = join(directory, fileName(baseOffset, SUFFIX.log));
      report({ path, problem: `begins before offset ${endOffset}, where the segment before it ends`, remedy: 'none' });
    }
    producers.reach(baseOffset);
    const segment = { fs, directory, baseOffset, endOffset: bases[index + 1] ?? Infinity };
    yield* verifySegment(segment, report, (batch) => {
      producers.pass(batch);
      epochs.pass(batch);
      endOffset = Math.max(endOffset, batch.nextOffset);
    });
    producers.finishSegment(baseOffset);
  }
  producers.reach(Infinity);
  return { startOffset, endOffset };
}

/** `leader-epoch-checkpoint` against the epochs that the batches carry. */
class EpochCheck {
  readonly #path: string;
  readonly #report: Report;
  readonly #recoveryPoint: number;
  #epochs: LeaderEpochs | undefined;

  constructor(fs: FileSystem, path: string, recoveryPoint: number, report: Report) {
    this.#path = path;
    this.#recoveryPoint = recoveryPoint;
    this.#report = report;
    try {
      this.#epochs = new LeaderEpochs(readEpochCheckpoint(fs, path));
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      report({ path, problem: error.problem, remedy: 'rebuild' });
    }
  }

  pass({ baseOffset, partitionLeaderEpoch }: RecordBatch): void {
    const known = this.#epochs?.epochOf(baseOffset);
    if (known === undefined || known === partitionLeaderEpoch || baseOffset >= this.#recoveryPoint) return;
    const problem = `says epoch ${known} of offset ${baseOffset}, which was written in epoch ${partitionLeaderEpoch}`;
    this.#report({ path: this.#path, problem, remedy: 'rebuild' });
    this.#epochs = undefined;
  }
}

/** Producer snapshots and indexes of aborted transactions against what the batches say of their producers. */
class ProducerCheck {
  readonly #fs: FileSystem;
  readonly #directory: string;
  readonly #report: Report;
  readonly #states: ProducerStates;
  readonly #snapshots: number[];
  readonly #startOffset: number;
  #aborted: CompletedTransaction[] = [];

  constructor(fs: FileSystem, directory: string, names: readonly string[], startOffset: number, report: Report) {
    this.#fs = fs;
    this.#directory = directory;
    this.#report = report;
    this.#startOffset = startOffset;
    this.#states = new ProducerStates(startOffset);
    this.#snapshots = names.map((name) => offsetOfFileName(name, SUFFIX.snapshot)).filter((it) => it !== undefined);
  }

  pass(batch: RecordBatch): void {
    this.reach(batch.baseOffset);
    const completed = this.#states.update(batch);
    if (completed?.isAborted === true) this.#aborted.push(completed);
  }

  /** All batches below `offset` have passed: snapshots taken there, or before, can be judged. */
  reach(offset: number): void {
    while (this.#snapshots.length > 0 && (this.#snapshots[0] as number) <= offset) {
      this.#judge(join(this.#directory, fileName(this.#snapshots.shift() as number, SUFFIX.snapshot)));
    }
  }

  #judge(path: string): void {
    const entries = decodeProducerSnapshot(this.#fs.readFile(path));
    const problem =
      typeof entries === 'string'
        ? entries
        : entries.map((each) => this.#problemOf(each)).find((each) => each !== undefined);
    if (problem !== undefined) this.#report({ path, problem, remedy: 'rebuild' });
  }

  /** A producer whose last batch was compacted away, deleted or cut is known from the snapshot alone. */
  #problemOf({ producerId, producerEpoch, batches }: ProducerEntry): string | undefined {
    const last = batches.at(-1);
    const seen = this.#states.entry(producerId);
    const lastSeen = seen?.batches.at(-1);
    if (last === undefined || seen === undefined || lastSeen === undefined) return undefined;
    if (lastSeen.lastOffset < last.lastOffset || seen.producerEpoch > producerEpoch) return undefined;
    if (lastSeen.lastOffset === last.lastOffset && lastSeen.lastSequence === last.lastSequence) return undefined;
    return `says sequence ${last.lastSequence} at offset ${last.lastOffset} of producer ${producerId}, the log has sequence ${lastSeen.lastSequence} at offset ${lastSeen.lastOffset}`;
  }

  /** The segment's index must list the transactions that were aborted in it. */
  finishSegment(baseOffset: number): void {
    const expected = this.#aborted;
    this.#aborted = [];
    const path = join(this.#directory, fileName(baseOffset, SUFFIX.transactionIndex));
    const isThere = this.#fs.info(path) !== undefined;
    const index = isThere ? TransactionIndex.from(this.#fs.readFile(path), baseOffset) : new TransactionIndex();
    const problem = index === undefined ? 'its entries cannot be those of an index' : this.#difference(index, expected);
    if (problem !== undefined) this.#report({ path, problem, remedy: 'rebuild' });
  }

  #difference(index: TransactionIndex, expected: readonly CompletedTransaction[]): string | undefined {
    const listed = new Set(Array.from({ length: index.count }, (_, entry) => keyOf(index.at(entry))));
    const missing = expected.find((each) => !listed.has(keyOf(each)));
    if (missing !== undefined) return `does not list the transaction that was aborted at offset ${missing.lastOffset}`;
    const known = new Set(expected.map(keyOf));
    for (let entry = 0; entry < index.count; entry++) {
      const each = index.at(entry);
      // What began before the log does, or was compacted away, is known from the index alone.
      const canBeJudged = each.firstOffset >= this.#startOffset && expected.length > 0;
      if (canBeJudged && !known.has(keyOf(each)))
        return `lists a transaction that was not aborted at offset ${each.lastOffset}`;
    }
    return undefined;
  }
}

const keyOf = (each: { producerId: number; firstOffset: number; lastOffset: number }): string =>
  `${each.producerId} ${each.firstOffset} ${each.lastOffset}`;
