import { CorruptRecordError } from '../errors.ts';
import { readInt32 } from './little-endian.ts';

// A block is a run of sequences: a token (literal count, match length - 4; 15 means more bytes follow), literals, and a
// match of two bytes of distance. The last sequence has literals only: the last five bytes of data, at least.

const SHORTEST_MATCH = 4;
const FARTHEST_MATCH = 0xffff;
const LAST_LITERALS = 5;
/** A match must begin this far before the end. */
const LAST_MATCH_START = 12;
/** Up to this many bytes a loop is quicker than a call. */
const COPIED_BY_LOOP = 24;

const HASH_BITS = 14;
/** After 2^6 failures to find a match, look at every second place only, and so on. */
const SKIP_STRENGTH = 6;

/** The most bytes `compressBlock` may write for `bytes` bytes. */
export function mostCompressedBytes(bytes: number): number {
  return bytes + Math.floor(bytes / 255) + 16;
}

let lastSeen: Int32Array | undefined;

/** Compresses data[from, to) into `out` at `at`, which has room for `mostCompressedBytes`; returns where it ends. */
export function compressBlock(data: Uint8Array, from: number, to: number, out: Uint8Array, at: number): number {
  // Where a hash of four bytes was seen last. Places of earlier blocks are no use, so it starts empty.
  lastSeen ??= new Int32Array(1 << HASH_BITS);
  lastSeen.fill(-1);
  const matchEnd = to - LAST_LITERALS;
  let written = at;
  let literals = from;
  let failures = 0;
  for (let here = from; here <= to - LAST_MATCH_START - 1;) {
    const four = readInt32(data, here);
    const hash = Math.imul(four, -1640531535) >>> (32 - HASH_BITS);
    const seen = lastSeen[hash]!;
    lastSeen[hash] = here;
    if (seen < 0 || here - seen > FARTHEST_MATCH || readInt32(data, seen) !== four) {
      here += 1 + (failures++ >>> SKIP_STRENGTH);
      continue;
    }
    failures = 0;
    let start = here;
    let match = seen;
    while (start > literals && match > from && data[start - 1] === data[match - 1]) {
      start--;
      match--;
    }
    let end = here + SHORTEST_MATCH;
    for (let other = seen + SHORTEST_MATCH; end < matchEnd && data[end] === data[other]; other++) end++;
    written = writeSequence(data, literals, start, start - match, end - start, out, written);
    literals = here = end;
  }
  return writeSequence(data, literals, to, 0, 0, out, written);
}

/** Literals data[from, to), then a match unless `distance` is 0. */
function writeSequence(
  data: Uint8Array,
  from: number,
  to: number,
  distance: number,
  matchBytes: number,
  out: Uint8Array,
  at: number,
): number {
  const literals = to - from;
  const matchCode = distance === 0 ? 0 : matchBytes - SHORTEST_MATCH;
  let written = at;
  out[written++] = (Math.min(literals, 15) << 4) | Math.min(matchCode, 15);
  if (literals >= 15) written = writeRest(out, literals - 15, written);
  if (literals <= COPIED_BY_LOOP) for (let i = from; i < to; i++) out[written++] = data[i]!;
  else {
    out.set(data.subarray(from, to), written);
    written += literals;
  }
  if (distance === 0) return written;
  out[written++] = distance & 0xff;
  out[written++] = distance >>> 8;
  return matchCode >= 15 ? writeRest(out, matchCode - 15, written) : written;
}

function writeRest(out: Uint8Array, length: number, at: number): number {
  let written = at;
  let left = length;
  for (; left >= 255; left -= 255) out[written++] = 255;
  out[written++] = left;
  return written;
}

export interface BlockBounds {
  /** Matches may not begin before this place in `out`. */
  matchesFrom: number;
  /** Nothing is written from here on. */
  limit: number;
}

/**
 * Decompresses block[from, to) into `out` at `at`. Returns where the data end, or -1 when they do not end before `limit`.
 * @throws CorruptRecordError
 */
export function decompressBlock(
  block: Uint8Array,
  from: number,
  to: number,
  out: Uint8Array,
  at: number,
  { matchesFrom, limit }: BlockBounds,
): number {
  let read = from;
  let written = at;
  while (read < to) {
    const token = block[read++]!;
    let literals = token >>> 4;
    if (literals === 15) {
      let more: number;
      do {
        if (read >= to) throw new CorruptRecordError('lz4: a literal length runs over the end of the block', read);
        more = block[read++]!;
        literals += more;
      } while (more === 255);
    }
    if (literals > to - read) throw new CorruptRecordError('lz4: literals run over the end of the block', read);
    if (literals > limit - written) return -1;
    if (literals <= COPIED_BY_LOOP) for (let i = 0; i < literals; i++) out[written++] = block[read++]!;
    else {
      out.set(block.subarray(read, read + literals), written);
      written += literals;
      read += literals;
    }
    if (read === to) return written;

    if (to - read < 2) throw new CorruptRecordError('lz4: a match runs over the end of the block', read);
    const distance = block[read]! | (block[read + 1]! << 8);
    read += 2;
    let length = token & 15;
    if (length === 15) {
      let more: number;
      do {
        if (read >= to) throw new CorruptRecordError('lz4: a match length runs over the end of the block', read);
        more = block[read++]!;
        length += more;
      } while (more === 255);
    }
    length += SHORTEST_MATCH;
    let match = written - distance;
    if (distance === 0 || match < matchesFrom) throw new CorruptRecordError('lz4: a match before the data', read);
    if (length > limit - written) return -1;
    if (length > COPIED_BY_LOOP && distance >= length) {
      out.copyWithin(written, match, match + length);
      written += length;
    } else {
      // A match may overlap what it makes: then bytes repeat.
      for (const end = written + length; written < end;) out[written++] = out[match++]!;
    }
  }
  throw new CorruptRecordError('lz4: a block ends in a match', read);
}
