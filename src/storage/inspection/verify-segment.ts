import { join } from 'node:path';
import type { FileSystem } from '../../base/index.ts';
import { recordsOf, type RecordBatch } from '../../wire/records/index.ts';
import { fileName, SUFFIX } from '../file-names.ts';
import { OffsetIndex } from '../offset-index.ts';
import { TimeIndex } from '../time-index.ts';
import { MAX_DECOMPRESSED_BYTES } from '../validate.ts';
import type { Report } from './finding.ts';
import { survivingBatches } from './surviving-batches.ts';

export interface SegmentToVerify {
  readonly fs: FileSystem;
  readonly directory: string;
  readonly baseOffset: number;
  /** Where the next segment begins; Infinity for the last, whose indexes may not be written yet. */
  readonly endOffset: number;
}

/**
 * Reads one segment: every batch's frame, crc and records, and its offset and time index against them. Hands each whole batch to
 * `visit`, and yields how many bytes it went forward.
 */
export function* verifySegment(
  { fs, directory, baseOffset, endOffset }: SegmentToVerify,
  report: Report,
  visit: (batch: RecordBatch) => void,
): Generator<number, void, undefined> {
  const path = join(directory, fileName(baseOffset, SUFFIX.log));
  const file = fs.open(path);
  try {
    const bytes = file.size();
    const isWanted = endOffset < Infinity && bytes > 0;
    const indexPath = join(directory, fileName(baseOffset, SUFFIX.offsetIndex));
    const offsets = load(fs, indexPath, isWanted, report, (content) => OffsetIndex.from(baseOffset, content, bytes));
    const timesPath = join(directory, fileName(baseOffset, SUFFIX.timeIndex));
    const times = load(fs, timesPath, isWanted, report, (content) => TimeIndex.from(baseOffset, content));
    const offsetEntries = offsets && new OffsetEntries(offsets);
    const timeEntries = times && new TimeEntries(times);
    let at = 0;
    for (const stretch of survivingBatches(file, baseOffset, endOffset)) {
      if (stretch.kind === 'zeros') continue;
      if (stretch.kind === 'damage') {
        const { position, problem } = stretch;
        report({ path, position, problem: `${problem} (${stretch.bytes} bytes)`, remedy: 'cut out' });
        at = position + stretch.bytes;
        yield stretch.bytes;
        continue;
      }
      const { batch, position } = stretch;
      const problem = recordsProblem(batch);
      if (problem !== undefined) report({ path, position, problem, remedy: 'none' });
      offsetEntries?.pass(batch, position);
      timeEntries?.pass(batch);
      visit(batch);
      at = position + batch.sizeInBytes;
      yield batch.sizeInBytes;
    }
    const offsetsProblem = offsetEntries?.finish(at);
    if (offsetsProblem !== undefined) report({ path: indexPath, problem: offsetsProblem, remedy: 'rebuild' });
    const timesProblem = timeEntries?.finish();
    if (timesProblem !== undefined) report({ path: timesPath, problem: timesProblem, remedy: 'rebuild' });
  } finally {
    file.close();
  }
}

function load<T>(
  fs: FileSystem,
  path: string,
  isWanted: boolean,
  report: Report,
  from: (content: Buffer) => T | undefined,
): T | undefined {
  if (fs.info(path) === undefined) {
    if (isWanted) report({ path, problem: 'is missing', remedy: 'rebuild' });
    return undefined;
  }
  const index = from(fs.readFile(path));
  if (index === undefined) report({ path, problem: 'its entries cannot be those of an index', remedy: 'rebuild' });
  return index;
}

function recordsProblem(batch: RecordBatch): string | undefined {
  if (batch.isControl) return undefined;
  try {
    let count = 0;
    for (const { offset } of recordsOf(batch, { maxBytes: MAX_DECOMPRESSED_BYTES })) {
      if (offset < batch.baseOffset || offset > batch.lastOffset)
        return `record at offset ${offset} is not of its batch`;
      count++;
    }
    return count === batch.recordCount ? undefined : `${batch.recordCount} records are announced, ${count} are there`;
  } catch (error) {
    return `the records of the batch at offset ${batch.baseOffset} cannot be read: ${(error as Error).message}`;
  }
}

/** The entries of an offset index, gone through beside the batches. */
class OffsetEntries {
  readonly #index: OffsetIndex;
  #next = 0;
  #problem: string | undefined;

  constructor(index: OffsetIndex) {
    this.#index = index;
  }

  pass(batch: RecordBatch, position: number): void {
    if (this.#next === this.#index.count || this.#index.positionAt(this.#next) > position) return;
    const offset = this.#index.offsetAt(this.#next);
    if (this.#index.positionAt(this.#next) !== position) {
      this.#problem ??= `entry ${this.#next} points into a batch, to position ${this.#index.positionAt(this.#next)}`;
    } else if (offset < batch.baseOffset) {
      this.#problem ??= `entry ${this.#next} says offset ${offset} where ${batch.baseOffset} begins`;
    }
    this.#next++;
  }

  finish(end: number): string | undefined {
    if (this.#next < this.#index.count) {
      this.#problem ??= `entry ${this.#next} points to position ${this.#index.positionAt(this.#next)} of ${end}`;
    }
    return this.#problem;
  }
}

/** The entries of a time index, gone through beside the batches. */
class TimeEntries {
  readonly #index: TimeIndex;
  #next = 0;
  #problem: string | undefined;

  constructor(index: TimeIndex) {
    this.#index = index;
  }

  pass(batch: RecordBatch): void {
    if (this.#next === this.#index.count || this.#index.offsetAt(this.#next) > batch.lastOffset) return;
    const timestampMs = this.#index.timestampAt(this.#next);
    if (this.#index.offsetAt(this.#next) < batch.baseOffset) {
      this.#problem ??= `entry ${this.#next} names offset ${this.#index.offsetAt(this.#next)}, which no batch has`;
    } else if (timestampMs !== batch.maxTimestamp) {
      this.#problem ??= `entry ${this.#next} says ${timestampMs} of a batch whose greatest timestamp is ${batch.maxTimestamp}`;
    }
    this.#next++;
  }

  finish(): string | undefined {
    if (this.#next < this.#index.count) {
      this.#problem ??= `entry ${this.#next} names offset ${this.#index.offsetAt(this.#next)}, which no batch has`;
    }
    return this.#problem;
  }
}
