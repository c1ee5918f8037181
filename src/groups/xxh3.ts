/** XXH3 of 64 bits with seed 0 and the default secret (xxHash's specification): Kafka's hash of what a group reads. */
const SECRET = Buffer.from(
  'b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221' +
    'b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8' +
    'a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb' +
    '170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e',
  'hex',
);

const PRIME32_1 = 0x9e3779b1n;
const PRIME32_2 = 0x85ebca77n;
const PRIME32_3 = 0xc2b2ae3dn;
const PRIME64_1 = 0x9e3779b185ebca87n;
const PRIME64_2 = 0xc2b2ae3d27d4eb4fn;
const PRIME64_3 = 0x165667b19e3779f9n;
const PRIME64_4 = 0x85ebca77c2b2ae63n;
const PRIME64_5 = 0x27d4eb2f165667c5n;
const PRIME_MX1 = 0x165667919e3779f9n;
const PRIME_MX2 = 0x9fb21c651e98df25n;

const MASK_32 = 0xffffffffn;
const STRIPE_BYTES = 64;
const STRIPES_PER_BLOCK = (SECRET.length - STRIPE_BYTES) / 8;
const BLOCK_BYTES = STRIPE_BYTES * STRIPES_PER_BLOCK;

const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);
const secret = (at: number): bigint => SECRET.readBigUInt64LE(at);
const rotated = (value: bigint, bits: bigint): bigint => u64((value << bits) | (value >> (64n - bits)));

/** Signed, as Java has it. */
export function xxh3(input: Buffer): bigint {
  return BigInt.asIntN(64, hashed(input));
}

function hashed(input: Buffer): bigint {
  const { length } = input;
  if (length === 0) return avalanche64(secret(56) ^ secret(64));
  if (length <= 3) return upTo3(input);
  if (length <= 8) return upTo8(input);
  if (length <= 16) return upTo16(input);
  if (length <= 128) return upTo128(input);
  if (length <= 240) return upTo240(input);
  return long(input);
}

function upTo3(input: Buffer): bigint {
  const { length } = input;
  const [first, middle, last] = [input.readUInt8(0), input.readUInt8(length >> 1), input.readUInt8(length - 1)];
  const combined = (BigInt(first) << 16n) | (BigInt(middle) << 24n) | BigInt(last) | (BigInt(length) << 8n);
  return avalanche64(combined ^ ((secret(0) ^ (secret(0) >> 32n)) & MASK_32));
}

function upTo8(input: Buffer): bigint {
  const { length } = input;
  const combined = u64(BigInt(input.readUInt32LE(length - 4)) + (BigInt(input.readUInt32LE(0)) << 32n));
  let hash = combined ^ secret(8) ^ secret(16);
  hash ^= rotated(hash, 49n) ^ rotated(hash, 24n);
  hash = u64(hash * PRIME_MX2);
  hash = u64((hash ^ ((hash >> 35n) + BigInt(length))) * PRIME_MX2);
  return hash ^ (hash >> 28n);
}

function upTo16(input: Buffer): bigint {
  const { length } = input;
  const low = input.readBigUInt64LE(0) ^ secret(24) ^ secret(32);
  const high = input.readBigUInt64LE(length - 8) ^ secret(40) ^ secret(48);
  return avalanche(u64(BigInt(length) + swapped(low) + high + folded(low, high)));
}

function upTo128(input: Buffer): bigint {
  const { length } = input;
  let hash = u64(BigInt(length) * PRIME64_1);
  for (let pair = (length - 1) >> 5; pair >= 0; pair--) {
    hash = u64(hash + mixed(input, 16 * pair, 32 * pair));
    hash = u64(hash + mixed(input, length - 16 * (pair + 1), 32 * pair + 16));
  }
  return avalanche(hash);
}

function upTo240(input: Buffer): bigint {
  const { length } = input;
  let hash = u64(BigInt(length) * PRIME64_1);
  for (let i = 0; i < 8; i++) hash = u64(hash + mixed(input, 16 * i, 16 * i));
  hash = avalanche(hash);
  for (let i = 8; i < length >> 4; i++) hash = u64(hash + mixed(input, 16 * i, 16 * (i - 8) + 3));
  return avalanche(u64(hash + mixed(input, length - 16, 136 - 17)));
}

function long(input: Buffer): bigint {
  const { length } = input;
  const lanes = [PRIME32_3, PRIME64_1, PRIME64_2, PRIME64_3, PRIME64_4, PRIME32_2, PRIME64_5, PRIME32_1];
  const blocks = Math.floor((length - 1) / BLOCK_BYTES);
  for (let block = 0; block < blocks; block++) {
    for (let i = 0; i < STRIPES_PER_BLOCK; i++) accumulate(lanes, input, block * BLOCK_BYTES + i * STRIPE_BYTES, 8 * i);
    scramble(lanes);
  }
  const rest = Math.floor((length - 1 - blocks * BLOCK_BYTES) / STRIPE_BYTES);
  for (let i = 0; i < rest; i++) accumulate(lanes, input, blocks * BLOCK_BYTES + i * STRIPE_BYTES, 8 * i);
  accumulate(lanes, input, length - STRIPE_BYTES, SECRET.length - STRIPE_BYTES - 7);
  let hash = u64(BigInt(length) * PRIME64_1);
  for (let i = 0; i < 4; i++)
    hash = u64(hash + folded(lane(lanes, 2 * i) ^ secret(11 + 16 * i), lane(lanes, 2 * i + 1) ^ secret(19 + 16 * i)));
  return avalanche(hash);
}

function accumulate(lanes: bigint[], input: Buffer, at: number, secretAt: number): void {
  for (let i = 0; i < 8; i++) {
    const value = input.readBigUInt64LE(at + 8 * i);
    const keyed = value ^ secret(secretAt + 8 * i);
    lanes[i ^ 1] = u64(lane(lanes, i ^ 1) + value);
    lanes[i] = u64(lane(lanes, i) + (keyed & MASK_32) * (keyed >> 32n));
  }
}

function scramble(lanes: bigint[]): void {
  for (let i = 0; i < 8; i++) {
    const value = lane(lanes, i);
    lanes[i] = u64((value ^ (value >> 47n) ^ secret(SECRET.length - STRIPE_BYTES + 8 * i)) * PRIME32_1);
  }
}

const lane = (lanes: readonly bigint[], i: number): bigint => lanes[i] ?? 0n;

function mixed(input: Buffer, at: number, secretAt: number): bigint {
  return folded(input.readBigUInt64LE(at) ^ secret(secretAt), input.readBigUInt64LE(at + 8) ^ secret(secretAt + 8));
}

/** The product's two halves, as one. */
function folded(a: bigint, b: bigint): bigint {
  const product = a * b;
  return u64(product) ^ (product >> 64n);
}

function swapped(value: bigint): bigint {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes.readBigUInt64BE();
}

function avalanche(value: bigint): bigint {
  const hash = u64((value ^ (value >> 37n)) * PRIME_MX1);
  return hash ^ (hash >> 32n);
}

function avalanche64(value: bigint): bigint {
  let hash = u64((value ^ (value >> 33n)) * PRIME64_2);
  hash = u64((hash ^ (hash >> 29n)) * PRIME64_3);
  return hash ^ (hash >> 32n);
}
