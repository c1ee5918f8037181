import type { Clock, FileSystem, Logger } from '../base/index.ts';
import type { MetadataImage } from './image.ts';
import { recordsOfImage } from './snapshot-records.ts';
import { encodeSnapshot, listSnapshots, snapshotFileName, type SnapshotId } from './snapshot.ts';

export interface SnapshotsOptions {
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly directory: string;
  /** A snapshot is due when the log has grown by so much since the last one. */
  readonly maxBytesBetween: number;
  /** Or when the last one is so old and something has changed, ms; 0 for never. */
  readonly maxAgeMs: number;
}

/** Writes a snapshot of the metadata now and then, so that the log before it may go. */
export class Snapshots {
  readonly #options: SnapshotsOptions;
  #bytesAtLast: number;
  #lastElapsed: number;

  constructor(options: SnapshotsOptions, logBytes: number) {
    this.#options = options;
    this.#bytesAtLast = logBytes;
    this.#lastElapsed = options.clock.elapsed();
  }

  isDue(logBytes: number): boolean {
    const { clock, maxBytesBetween, maxAgeMs } = this.#options;
    if (logBytes - this.#bytesAtLast >= maxBytesBetween) return true;
    return maxAgeMs > 0 && clock.elapsed() - this.#lastElapsed >= maxAgeMs;
  }

  /** Returns how far the log is in the snapshot. Throws FileError; the older snapshots go only after that. */
  write(image: MetadataImage, lastTimestampMs: number, logBytes: number): SnapshotId {
    const { fs, clock, logger, directory } = this.#options;
    const id: SnapshotId = { endOffset: image.position.offset + 1, epoch: image.position.epoch };
    const now = clock.now();
    const content = encodeSnapshot(recordsOfImage(image), { epoch: id.epoch, lastTimestampMs, now });
    fs.replaceFile(`${directory}/${snapshotFileName(id)}`, content);
    for (const older of listSnapshots(fs, directory))
      if (older.endOffset < id.endOffset) fs.remove(`${directory}/${snapshotFileName(older)}`);
    this.#bytesAtLast = logBytes;
    this.#lastElapsed = clock.elapsed();
    logger.info('wrote a snapshot of the metadata', { ...id, bytes: content.length });
    return id;
  }
}
