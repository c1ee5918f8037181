import { RecordBatch } from './batch.ts';

/** Why a scan ended before the end of the buffer; `at` is where the batch in question begins. */
export type ScanProblem =
  | { kind: 'truncated'; at: number; message: string }
  | { kind: 'malformed'; at: number; message: string }
  | { kind: 'unsupported-magic'; at: number; magic: number; message: string };

export interface BatchScan {
  batches: RecordBatch[];
  /** The bytes before the problem, or all. */
  validBytes: number;
  problem: ScanProblem | null;
}

const MAGIC_END = 17;

/** The batches of a buffer that holds them one after another. Looks at lengths and magic alone: no crc, no records. */
export function scanBatches(buffer: Buffer): BatchScan {
  const batches: RecordBatch[] = [];
  let at = 0;
  while (at < buffer.length) {
    const problem = problemAt(buffer, at);
    if (problem !== null) return { batches, validBytes: at, problem };
    const batch = new RecordBatch(buffer, at);
    batches.push(batch);
    at += batch.sizeInBytes;
  }
  return { batches, validBytes: at, problem: null };
}

/** The complete batches of a buffer, up to its end or the first problem. */
export function* batchesOf(buffer: Buffer): Generator<RecordBatch, void, undefined> {
  for (let at = 0; at < buffer.length && problemAt(buffer, at) === null;) {
    const batch = new RecordBatch(buffer, at);
    yield batch;
    at += batch.sizeInBytes;
  }
}

function problemAt(buffer: Buffer, at: number): ScanProblem | null {
  const left = buffer.length - at;
  if (left < MAGIC_END) return { kind: 'truncated', at, message: `${left} bytes left, too few for a batch` };
  const magic = buffer.readInt8(at + MAGIC_END - 1);
  if (magic !== 2) return { kind: 'unsupported-magic', at, magic, message: `magic ${magic}, only 2 is served` };
  const size = RecordBatch.LOG_OVERHEAD + buffer.readInt32BE(at + 8);
  if (size < RecordBatch.HEADER_BYTES) {
    return { kind: 'malformed', at, message: `a batch of ${size} bytes, less than its header` };
  }
  if (size > left) return { kind: 'truncated', at, message: `a batch of ${size} bytes, of which ${left} are here` };
  return null;
}
