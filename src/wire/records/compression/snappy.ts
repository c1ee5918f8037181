import { assert } from '../../../base/index.ts';
import { RecordsTooLargeError, UnsupportedCompressionError } from '../errors.ts';
import { decoding, type Codec } from './codec.ts';
import { nodeModules, type ModuleLoader } from './module-loader.ts';
import { checkBlock, uncompressedBytesOf } from './snappy-block.ts';
import { isXerial, toXerial, xerialBlocks } from './xerial.ts';

/** What is used of the optional package snappy. */
interface Snappy {
  compressSync(data: Buffer): Buffer;
  uncompressSync(data: Buffer): Buffer;
}

/** What is used of hysnappy. Each function made has a memory of its own, which grows and never shrinks. */
interface Hysnappy {
  snappyCompressor(): (data: Uint8Array) => Uint8Array;
  snappyUncompressor(): (data: Uint8Array, bytes: number) => Uint8Array;
}

interface Blocks {
  compress(data: Buffer): Uint8Array;
  decompress(block: Buffer, bytes: number): Uint8Array;
}

/** Above this, a WebAssembly memory is made for one block and dropped again. */
const KEPT_BYTES = 1 << 20;

/** Snappy in xerial framing, native where the package snappy is installed. Reads single blocks without framing too. */
export function snappyCodec(modules: ModuleLoader = nodeModules): Codec {
  /** undefined before anything was tried; null when the native package is not there and the other not loaded yet. */
  let blocks: Blocks | null | undefined;
  const loaded = (): Blocks | null => {
    if (blocks === undefined) {
      const native = modules.require('snappy') as Snappy | null;
      blocks = native === null ? null : nativeBlocks(native);
    }
    return blocks;
  };
  const ready = (): Blocks => {
    const loadedBlocks = loaded();
    assert(loadedBlocks !== null, "prepare('snappy') was awaited before snappy is used");
    return loadedBlocks;
  };
  return {
    isReady: () => loaded() !== null,
    prepare: async () => {
      if (loaded() !== null) return;
      const wasm = (await modules.import('hysnappy')) as Hysnappy | null;
      if (wasm === null) throw new UnsupportedCompressionError('snappy', 'neither snappy nor hysnappy is installed');
      blocks = wasmBlocks(wasm);
    },
    compress: (data) => {
      const snappy = ready();
      return toXerial(data, (block) => snappy.compress(block));
    },
    decompress: (data, maxBytes) => {
      const snappy = ready();
      const parts = isXerial(data) ? xerialBlocks(data) : [data];
      const sizes = parts.map(uncompressedBytesOf);
      const bytes = sizes.reduce((sum, size) => sum + size, 0);
      if (bytes > maxBytes) throw new RecordsTooLargeError(maxBytes, 'snappy');
      const decoded = decoding('snappy', () => parts.map((part, index) => snappy.decompress(part, sizes[index]!)));
      return Buffer.concat(decoded);
    },
  };
}

function nativeBlocks(snappy: Snappy): Blocks {
  return {
    compress: (data) => snappy.compressSync(data),
    decompress: (block) => snappy.uncompressSync(block),
  };
}

function wasmBlocks(hysnappy: Hysnappy): Blocks {
  let compressor: ((data: Uint8Array) => Uint8Array) | undefined;
  let uncompressor: ((data: Uint8Array, bytes: number) => Uint8Array) | undefined;
  return {
    compress: (data) => (compressor ??= hysnappy.snappyCompressor())(data),
    decompress: (block, bytes) => {
      // It does not keep to its memory's bounds, where blocks of others lie.
      checkBlock(block);
      if (block.length + bytes > KEPT_BYTES) return hysnappy.snappyUncompressor()(block, bytes);
      return (uncompressor ??= hysnappy.snappyUncompressor())(block, bytes);
    },
  };
}
