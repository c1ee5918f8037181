import type { FileSystem } from '../base/index.ts';
import { RecordBatch, scanBatches } from '../wire/records/index.ts';
import { MetadataLogError } from './metadata-log-error.ts';

const SEGMENT = /^(\d{20})\.log$/;

interface Damage {
  readonly position: number;
  readonly reason: string;
  /** Of the life in which the batch was written, where it can still be read. */
  readonly epoch: number | undefined;
  /** What lies outside the crc is wrong in a whole batch, which no crash does. */
  readonly isCertain: boolean;
}

export interface DamageCheck {
  readonly fs: FileSystem;
  readonly directory: string;
  /** All below is in a snapshot. */
  readonly from: number;
  readonly wasStoppedCleanly: boolean;
}

/**
 * Tells a damaged log from one whose end a crash has torn: recovery would cut both, and with what follows a damaged batch topics
 * would be gone. All is whole after a clean stop; after a crash at least what lies before the last start, which begins an epoch.
 * @throws MetadataLogError for a damaged one
 */
export function refuseDamagedLog({ fs, directory, from, wasStoppedCleanly }: DamageCheck): void {
  const names = fs.list(directory).filter((name) => SEGMENT.test(name));
  const bases = names.map((name) => Number(name.slice(0, 20)));
  const first = Math.max(
    0,
    bases.findLastIndex((base) => base <= from),
  );
  const end = { offset: bases[first] ?? 0, epoch: -1 };
  for (let i = first; i < names.length; i++) {
    const path = `${directory}/${names[i]}`;
    const content = fs.readFile(path);
    const damage =
      bases[i] === end.offset
        ? findDamage(content, end)
        : { position: 0, reason: `offset ${end.offset} is missing`, epoch: undefined, isCertain: false };
    if (damage === undefined) continue;
    const { position, reason, epoch } = damage;
    const rest = names.slice(i + 1).map((name) => fs.readFile(`${directory}/${name}`));
    const epochs = new Set([content.subarray(position + 1), ...rest].flatMap(epochsIn));
    const isTorn = epoch === undefined ? epochs.size < 2 : Math.max(...epochs, epoch) === epoch;
    if (!wasStoppedCleanly && isTorn && !damage.isCertain) return;
    throw new MetadataLogError(
      `${path} is damaged at position ${position}: ${reason}. What follows would be lost with it: restore the folder from a copy`,
    );
  }
}

/** Moves `end` behind the batches that are good. */
function findDamage(content: Buffer, end: { offset: number; epoch: number }): Damage | undefined {
  const { batches, problem, validBytes } = scanBatches(content);
  for (const batch of batches) {
    const { at: position, baseOffset, partitionLeaderEpoch: epoch } = batch;
    const isWhole = batch.isValid();
    let reason: string | undefined;
    if (!isWhole) reason = `the crc of the batch at offset ${baseOffset} does not match`;
    else if (baseOffset !== end.offset) reason = `offset ${baseOffset} in place of ${end.offset}`;
    else if (epoch < end.epoch) reason = `epoch ${epoch} after ${end.epoch}`;
    if (reason !== undefined) return { position, reason, epoch: epochAt(content, position, end), isCertain: isWhole };
    end.offset = batch.nextOffset;
    end.epoch = epoch;
  }
  if (problem === null) return undefined;
  const epoch = epochAt(content, validBytes, end);
  return { position: validBytes, reason: problem.message, epoch, isCertain: false };
}

/** The epoch in a header that may be damaged. */
function epochAt(content: Buffer, position: number, end: { readonly epoch: number }): number | undefined {
  if (position + RecordBatch.HEADER_BYTES > content.length) return undefined;
  const header = new RecordBatch(content, position);
  // What was never written reads as zeros.
  return header.partitionLeaderEpoch > 0 && header.partitionLeaderEpoch >= end.epoch
    ? header.partitionLeaderEpoch
    : undefined;
}

/** The epochs of the whole batches anywhere in these bytes. */
function epochsIn(bytes: Buffer): number[] {
  const epochs: number[] = [];
  for (let at = 0; at + RecordBatch.HEADER_BYTES <= bytes.length; at++) {
    const batch = new RecordBatch(bytes, at);
    if (batch.magic !== 2) continue;
    const { sizeInBytes } = batch;
    if (sizeInBytes < RecordBatch.HEADER_BYTES || at + sizeInBytes > bytes.length || !batch.isValid()) continue;
    epochs.push(batch.partitionLeaderEpoch);
    at += sizeInBytes - 1;
  }
  return epochs;
}
