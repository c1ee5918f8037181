/**
 * MD5 (RFC 1321) over a part of a buffer, for the cleaner's table of keys. The runtime's own makes several objects per call,
 * which costs more than ten times as much for keys of a few bytes.
 */

const BLOCK_BYTES = 64;
/** Where a message's length in bits goes in its last block. */
const LENGTH_AT = 14;

/** For step `i`, the first 32 bits of |sin(i + 1)|'s fraction. */
const SINES = Int32Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32));
const SHIFTS = Uint8Array.from(
  { length: 64 },
  (_, i) => [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21][(i >> 4) * 4 + (i & 3)] ?? 0,
);
const WORDS = Uint8Array.from({ length: 64 }, (_, i) => [i, 5 * i + 1, 3 * i + 5, 7 * i][i >> 4] ?? 0).map(
  (word) => word & 15,
);

/** The block at hand, as little-endian words. */
const block = new Int32Array(16);

/** Puts the digest of `bytes[from, to)` in `out`, as four little-endian words. */
export function md5(bytes: Uint8Array, from: number, to: number, out: Int32Array): void {
  out[0] = 0x67452301;
  out[1] = 0xefcdab89;
  out[2] = 0x98badcfe;
  out[3] = 0x10325476;
  let at = from;
  for (; to - at >= BLOCK_BYTES; at += BLOCK_BYTES) {
    for (let word = 0; word < 16; word++) block[word] = littleEndian(bytes, at + word * 4);
    mix(out);
  }
  block.fill(0);
  const rest = to - at;
  const whole = rest >> 2;
  for (let word = 0; word < whole; word++) block[word] = littleEndian(bytes, at + word * 4);
  let last = 0x80;
  for (let byte = rest - 1; byte >= whole * 4; byte--) last = (last << 8) | (bytes[at + byte] as number);
  block[whole] = last;
  if (whole >= LENGTH_AT) {
    mix(out);
    block.fill(0);
  }
  block[LENGTH_AT] = (to - from) << 3;
  block[LENGTH_AT + 1] = (to - from) >>> 29;
  mix(out);
}

function littleEndian(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

function mix(state: Int32Array): void {
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  for (let step = 0; step < 64; step++) {
    let f: number;
    if (step < 16) f = (b & c) | (~b & d);
    else if (step < 32) f = (d & b) | (~d & c);
    else if (step < 48) f = b ^ c ^ d;
    else f = c ^ (b | ~d);
    const sum = (a + f + (SINES[step] as number) + (block[WORDS[step] as number] as number)) | 0;
    const shift = SHIFTS[step] as number;
    a = d;
    d = c;
    c = b;
    b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0;
  }
  state[0] = ((state[0] as number) + a) | 0;
  state[1] = ((state[1] as number) + b) | 0;
  state[2] = ((state[2] as number) + c) | 0;
  state[3] = ((state[3] as number) + d) | 0;
}
