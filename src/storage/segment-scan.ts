import type { File } from '../base/index.ts';
import { RecordBatch } from '../wire/records/index.ts';

const CHUNK_BYTES = 256 * 1024;

/** What makes a batch impossible at some place of a segment file. */
export interface ScanProblem {
  readonly position: number;
  readonly message: string;
}

/**
 * Goes through the batches of a segment file from one position on, reading large pieces: for recovery, coordinators that load,
 * and indexes to be rebuilt. Frames are checked against the file, crcs are the caller's affair.
 */
export class SegmentScan {
  readonly #file: () => File;
  readonly #to: number;
  #chunk: Buffer = Buffer.alloc(0);
  /** Where the chunk begins in the file. */
  #chunkAt: number;
  #next: number;
  /** Where the batch last returned begins. */
  position: number;
  problem: ScanProblem | undefined;

  /**
   * @param file where a scan goes on over turns of the event loop, a function: the file may be closed in between and opened again
   * @param to exclusive; a batch that does not end there or before is a problem
   */
  constructor(file: File | (() => File), from: number, to: number) {
    this.#file = typeof file === 'function' ? file : () => file;
    this.#to = to;
    this.#chunkAt = from;
    this.#next = from;
    this.position = from;
  }

  /** The next whole batch: a view of a buffer that is never reused. Undefined at the end, or at a problem. */
  next(): RecordBatch | undefined {
    const at = this.#next;
    const left = this.#to - at;
    if (left === 0 || this.problem !== undefined) return undefined;
    if (left < RecordBatch.HEADER_BYTES) return this.#stop(`${left} bytes are too few for a batch`);
    this.#fill(at, RecordBatch.HEADER_BYTES);
    if (!this.#has(at, RecordBatch.HEADER_BYTES)) return this.#stop('the file is shorter than it was');
    const header = new RecordBatch(this.#chunk, at - this.#chunkAt);
    const problem = frameProblem(header, left);
    if (problem !== undefined) return this.#stop(problem);
    const size = header.sizeInBytes;
    this.#fill(at, size);
    if (!this.#has(at, size)) return this.#stop('the file is shorter than it was');
    this.position = at;
    this.#next = at + size;
    return new RecordBatch(this.#chunk, at - this.#chunkAt);
  }

  /** Where the next batch begins. */
  get end(): number {
    return this.#next;
  }

  #has(at: number, bytes: number): boolean {
    return at + bytes <= this.#chunkAt + this.#chunk.length;
  }

  #fill(at: number, bytes: number): void {
    if (this.#has(at, bytes)) return;
    const chunk = Buffer.allocUnsafeSlow(Math.min(Math.max(CHUNK_BYTES, bytes), this.#to - at));
    this.#chunk = chunk.subarray(0, this.#file().read(chunk, at));
    this.#chunkAt = at;
  }

  #stop(message: string): undefined {
    this.problem = { position: this.#next, message };
    return undefined;
  }
}

/** Why the header cannot be that of a batch with `left` bytes to go; undefined when it can. */
export function frameProblem(header: RecordBatch, left: number): string | undefined {
  if (header.magic !== 2) return `magic ${header.magic}, only 2 is served`;
  const size = header.sizeInBytes;
  if (size < RecordBatch.HEADER_BYTES) return `a batch of ${size} bytes, less than its header`;
  if (size > left) return `a batch of ${size} bytes, of which ${left} are here`;
  if (header.lastOffsetDelta < 0) return `last offset delta ${header.lastOffsetDelta}`;
  return undefined;
}

const HEADER_CHUNK_BYTES = 4096;
/** One for all: a scan of headers begins and ends within a turn, and a new one reads anew. */
const headerChunk = Buffer.allocUnsafeSlow(HEADER_CHUNK_BYTES);
let scans = 0;
let headerChunkOwner = 0;

/** Goes from header to header without reading the records, in small steps: from an index entry to the batch wanted. */
export class HeaderScan {
  readonly #id = ++scans;
  readonly #file: File;
  readonly #to: number;
  #chunkAt = -1;
  #chunkEnd = -1;
  readonly #from: number;
  #next: number;
  position: number;
  problem: ScanProblem | undefined;

  constructor(file: File, from: number, to: number) {
    this.#file = file;
    this.#to = to;
    this.#from = from;
    this.#next = from;
    this.position = from;
  }

  /** Goes back to where it began. */
  restart(): void {
    this.#next = this.#from;
    this.problem = undefined;
    if (this.#chunkAt !== this.#from && headerChunkOwner === this.#id) headerChunkOwner = 0;
  }

  /** The next batch's header; undefined at the end, or at a problem. Good until the next call. */
  next(): RecordBatch | undefined {
    const at = this.#next;
    const left = this.#to - at;
    if (left === 0 || this.problem !== undefined) return undefined;
    if (headerChunkOwner !== this.#id || at + RecordBatch.HEADER_BYTES > this.#chunkEnd) {
      headerChunkOwner = this.#id;
      this.#chunkAt = at;
      this.#chunkEnd = at + this.#file.read(headerChunk.subarray(0, Math.min(HEADER_CHUNK_BYTES, left)), at);
    }
    let message: string | undefined = 'too few bytes for a batch';
    if (at + RecordBatch.HEADER_BYTES <= this.#chunkEnd) {
      const header = new RecordBatch(headerChunk, at - this.#chunkAt);
      message = frameProblem(header, left);
      if (message === undefined) {
        this.position = at;
        this.#next = at + header.sizeInBytes;
        return header;
      }
    }
    this.problem = { position: at, message };
    return undefined;
  }

  /** Where the next batch begins. */
  get end(): number {
    return this.#next;
  }
}
