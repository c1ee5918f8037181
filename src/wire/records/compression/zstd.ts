import zlib from 'node:zlib';
import { assert } from '../../../base/index.ts';
import { CorruptRecordError, RecordsTooLargeError, UnsupportedCompressionError } from '../errors.ts';
import { decoding, type Codec } from './codec.ts';
import { isTooLarge } from './gzip.ts';
import { nodeModules, type ModuleLoader } from './module-loader.ts';
import { zstdFrames } from './zstd-frames.ts';

/** What node:zlib has from Node 22.15 on. */
export interface NodeZstd {
  zstdCompressSync(data: Buffer, options: { params: { [parameter: number]: number } }): Buffer;
  zstdDecompressSync(data: Buffer, options: { maxOutputLength: number }): Buffer;
}

/** What is used of @bokuweb/zstd-wasm. */
interface ZstdWasm {
  init(): Promise<void>;
  compress(data: Buffer, level: number): Uint8Array;
  /** `defaultHeapSize` is the room for data whose size their header does not say. */
  decompress(data: Buffer, options: { defaultHeapSize: number }): Uint8Array;
}

const DEFAULT_LEVEL = 3;
const COMPRESSION_LEVEL_PARAMETER = 100;
/** How the library words ZSTD_error_dstSize_tooSmall. */
const TOO_SMALL = /code -70$/;

interface Implementation {
  compress(data: Buffer, level: number): Buffer;
  /** What one whole frame decompresses to, null when that is more than `room` bytes. */
  decompressFrame(frame: Buffer, room: number): Uint8Array | null;
}

/** Zstandard: Node's own where it has it, else WebAssembly, which must be prepared. */
export function zstdCodec(
  modules: ModuleLoader = nodeModules,
  node: Partial<NodeZstd> = zlib as Partial<NodeZstd>,
): Codec {
  let loaded = node.zstdDecompressSync === undefined ? undefined : nodeZstd(node as NodeZstd);
  const ready = (): Implementation => {
    assert(loaded !== undefined, "prepare('zstd') was awaited before zstd is used");
    return loaded;
  };
  return {
    isReady: () => loaded !== undefined,
    prepare: async () => {
      if (loaded !== undefined) return;
      const wasm = modules.require('@bokuweb/zstd-wasm') as ZstdWasm | null;
      if (wasm === null) throw new UnsupportedCompressionError('zstd', '@bokuweb/zstd-wasm is not installed');
      await initialised(wasm);
      loaded = wasmZstd(wasm);
    },
    compress: (data, level = DEFAULT_LEVEL) => ready().compress(data, level),
    decompress: (data, maxBytes) => {
      const implementation = ready();
      return decoding('zstd', () => decompressFrames(data, maxBytes, implementation));
    },
  };
}

const initialisations = new WeakMap<ZstdWasm, Promise<void>>();

/** Once and for all: a second `init` takes the memory from under what the first one gave, and compresses to zeros. */
function initialised(wasm: ZstdWasm): Promise<void> {
  let done = initialisations.get(wasm);
  if (done === undefined) initialisations.set(wasm, (done = wasm.init()));
  return done;
}

/**
 * Frame by frame: neither implementation reads a second one, Node's takes the half of a frame for the whole, and the other
 * trusts the size in a header with its memory.
 */
function decompressFrames(data: Buffer, maxBytes: number, zstd: Implementation): Buffer {
  const parts: Uint8Array[] = [];
  let left = maxBytes;
  for (const { from, to, contentBytes, mostBytes } of zstdFrames(data)) {
    if (contentBytes !== null && contentBytes > mostBytes) {
      throw new CorruptRecordError(`zstd: ${contentBytes} bytes announced, at most ${mostBytes} are there`, from);
    }
    const wanted = contentBytes ?? mostBytes;
    if (contentBytes !== null && wanted > left) throw new RecordsTooLargeError(maxBytes, 'zstd');
    const part = zstd.decompressFrame(data.subarray(from, to), Math.min(wanted, left));
    if (part === null && wanted > left) throw new RecordsTooLargeError(maxBytes, 'zstd');
    if (part === null || (contentBytes !== null && part.length !== contentBytes)) {
      throw new CorruptRecordError(`zstd: not the ${wanted} bytes that were announced`, from);
    }
    left -= part.length;
    parts.push(part);
  }
  return parts.length === 1 ? asBuffer(parts[0]!) : Buffer.concat(parts);
}

function nodeZstd(node: NodeZstd): Implementation {
  return {
    compress: (data, level) => node.zstdCompressSync(data, { params: { [COMPRESSION_LEVEL_PARAMETER]: level } }),
    decompressFrame: (frame, room) => {
      try {
        return node.zstdDecompressSync(frame, { maxOutputLength: Math.max(1, room) });
      } catch (error) {
        if (isTooLarge(error)) return null;
        throw error;
      }
    },
  };
}

function wasmZstd(wasm: ZstdWasm): Implementation {
  return {
    compress: (data, level) => asBuffer(wasm.compress(data, level)),
    decompressFrame: (frame, room) => {
      try {
        return wasm.decompress(frame, { defaultHeapSize: room });
      } catch (error) {
        if (error instanceof Error && TOO_SMALL.test(error.message)) return null;
        throw error;
      }
    },
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
