import { crc32c } from '../wire/records/index.ts';
import { readInt64, writeInt64 } from '../wire/index.ts';
import type { ProducerEntry } from './producer-state.ts';

const VERSION = 1;
const CRC_AT = 2;
/** Where the part begins that the crc covers: the number of entries, then the entries. */
const BODY_AT = 6;
const HEADER_BYTES = 10;
const ENTRY_BYTES = 46;

/** The producers of a log at one offset, as a `.snapshot` file holds them (Kafka's ProducerSnapshot, version 1). */
export function encodeProducerSnapshot(entries: Iterable<ProducerEntry>): Buffer {
  const all = [...entries];
  const out = Buffer.alloc(HEADER_BYTES + all.length * ENTRY_BYTES);
  out.writeInt16BE(VERSION, 0);
  out.writeInt32BE(all.length, BODY_AT);
  let at = HEADER_BYTES;
  for (const entry of all) {
    const last = entry.batches.at(-1);
    writeInt64(out, entry.producerId, at);
    out.writeInt16BE(entry.producerEpoch, at + 8);
    out.writeInt32BE(last?.lastSequence ?? -1, at + 10);
    writeInt64(out, last?.lastOffset ?? -1, at + 14);
    out.writeInt32BE(last?.offsetDelta ?? 0, at + 22);
    writeInt64(out, entry.lastTimestampMs, at + 26);
    out.writeInt32BE(entry.coordinatorEpoch, at + 34);
    writeInt64(out, entry.currentTransactionFirstOffset, at + 38);
    at += ENTRY_BYTES;
  }
  out.writeUInt32BE(crc32c(out, BODY_AT), CRC_AT);
  return out;
}

/** What a `.snapshot` file says, or the reason why it cannot be believed. */
export function decodeProducerSnapshot(bytes: Buffer): ProducerEntry[] | string {
  if (bytes.length < HEADER_BYTES) return `${bytes.length} bytes are too few for a producer snapshot`;
  const version = bytes.readInt16BE(0);
  if (version !== VERSION) return `producer snapshot version ${version} is not known`;
  if (bytes.readUInt32BE(CRC_AT) !== crc32c(bytes, BODY_AT)) return 'the crc does not match';
  const count = bytes.readInt32BE(BODY_AT);
  if (bytes.length !== HEADER_BYTES + count * ENTRY_BYTES)
    return `${bytes.length} bytes do not hold ${count} producers`;
  const entries: ProducerEntry[] = [];
  for (let at = HEADER_BYTES; at < bytes.length; at += ENTRY_BYTES) {
    const lastOffset = readInt64(bytes, at + 14);
    const lastTimestampMs = readInt64(bytes, at + 26);
    const last = {
      lastSequence: bytes.readInt32BE(at + 10),
      lastOffset,
      offsetDelta: bytes.readInt32BE(at + 22),
      timestampMs: lastTimestampMs,
    };
    entries.push({
      producerId: readInt64(bytes, at),
      producerEpoch: bytes.readInt16BE(at + 8),
      coordinatorEpoch: bytes.readInt32BE(at + 34),
      lastTimestampMs,
      currentTransactionFirstOffset: readInt64(bytes, at + 38),
      batches: lastOffset >= 0 ? [last] : [],
    });
  }
  return entries;
}
