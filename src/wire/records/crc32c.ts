import { CRC32C_MODULE } from './crc32c-module.ts';

const POLYNOMIAL = 0x82f63b78;
/** WebAssembly uses all 24 tables, JavaScript the first 16. */
const TABLES = 24;
/** Where data lie in the module's memory: behind the tables and the room that folding wants before them. */
const DATA_AT = 32 * 1024;
const CHUNK_BYTES = 256 * 1024;

/** CRC-32C of all of `buffer` from `from` to `to`, as an unsigned number. */
type Crc32c = (buffer: Uint8Array, from: number, to: number) => number;

interface WasmModule {
  memory: { buffer: ArrayBuffer };
  crc32c: (crc: number, at: number, bytes: number) => number;
}

/** The little of the WebAssembly interface that is used, which the compiler's ES2023 does not declare. */
interface WebAssemblyInterface {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
}

/** Table `k` has, for each byte, the crc of that byte followed by `k` zero bytes. */
function makeTables(): Int32Array {
  const tables = new Int32Array(TABLES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[byte] = crc;
  }
  for (let i = 256; i < tables.length; i++) {
    const previous = tables[i - 256]!;
    tables[i] = tables[previous & 255]! ^ (previous >>> 8);
  }
  return tables;
}

/** In plain JavaScript, sixteen bytes a step: where WebAssembly is switched off. */
export function javaScriptCrc32c(): Crc32c {
  const t = makeTables();
  return (buffer, from, to) => {
    let crc = -1;
    let at = from;
    for (const last = to - 16; at <= last; at += 16) {
      crc ^= buffer[at]! | (buffer[at + 1]! << 8) | (buffer[at + 2]! << 16) | (buffer[at + 3]! << 24);
      crc =
        t[3840 + (crc & 255)]! ^
        t[3584 + ((crc >>> 8) & 255)]! ^
        t[3328 + ((crc >>> 16) & 255)]! ^
        t[3072 + (crc >>> 24)]! ^
        t[2816 + buffer[at + 4]!]! ^
        t[2560 + buffer[at + 5]!]! ^
        t[2304 + buffer[at + 6]!]! ^
        t[2048 + buffer[at + 7]!]! ^
        t[1792 + buffer[at + 8]!]! ^
        t[1536 + buffer[at + 9]!]! ^
        t[1280 + buffer[at + 10]!]! ^
        t[1024 + buffer[at + 11]!]! ^
        t[768 + buffer[at + 12]!]! ^
        t[512 + buffer[at + 13]!]! ^
        t[256 + buffer[at + 14]!]! ^
        t[buffer[at + 15]!]!;
    }
    for (; at < to; at++) crc = t[(crc ^ buffer[at]!) & 255]! ^ (crc >>> 8);
    return ~crc >>> 0;
  };
}

/** In WebAssembly with SIMD, which folds data in its own memory: null where that cannot be had. */
export function webAssemblyCrc32c(): Crc32c | null {
  const api = (globalThis as { WebAssembly?: WebAssemblyInterface }).WebAssembly;
  if (api === undefined) return null;
  let wasm: WasmModule;
  try {
    wasm = new api.Instance(new api.Module(Buffer.from(CRC32C_MODULE, 'base64'))).exports as WasmModule;
  } catch {
    return null; // no SIMD on this processor, or no memory that may be executed
  }
  const memory = new Uint8Array(wasm.memory.buffer);
  new Int32Array(wasm.memory.buffer).set(makeTables());
  return (buffer, from, to) => {
    let crc = 0;
    for (let at = from; at < to; at += CHUNK_BYTES) {
      const bytes = Math.min(CHUNK_BYTES, to - at);
      memory.set(new Uint8Array(buffer.buffer, buffer.byteOffset + at, bytes), DATA_AT);
      crc = wasm.crc32c(crc, DATA_AT, bytes);
    }
    return crc >>> 0;
  };
}

let implementation: Crc32c | undefined;

/** CRC-32C (Castagnoli) of buffer[from, to), as an unsigned number. */
export function crc32c(buffer: Uint8Array, from = 0, to = buffer.length): number {
  implementation ??= webAssemblyCrc32c() ?? javaScriptCrc32c();
  return implementation(buffer, from, to);
}
