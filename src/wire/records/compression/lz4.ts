import { RecordsTooLargeError } from '../errors.ts';
import { decoding, type Codec } from './codec.ts';
import { compressFrame, decompressFrame, readFrame } from './lz4-frame.ts';
import { nodeModules, type ModuleLoader } from './module-loader.ts';

/** What is used of the optional package lz4-napi. */
interface Lz4Napi {
  compressFrameSync(data: Buffer): Buffer;
  decompressFrameSync(data: Buffer): Buffer;
}

/** LZ4 frames, native where lz4-napi is installed. Neither has levels: all of Kafka's 1 to 17 give the same. */
export function lz4Codec(modules: ModuleLoader = nodeModules): Codec {
  let loaded: Lz4Napi | null | undefined;
  const native = (): Lz4Napi | null => {
    if (loaded === undefined) loaded = modules.require('lz4-napi') as Lz4Napi | null;
    return loaded;
  };
  return {
    isReady: () => true,
    prepare: async () => {},
    compress: (data) => native()?.compressFrameSync(data) ?? compressFrame(data),
    decompress: (data, maxBytes) => {
      const frame = readFrame(data);
      if (frame.contentBytes !== null && frame.contentBytes > maxBytes) throw new RecordsTooLargeError(maxBytes, 'lz4');
      // The native codec keeps no bound, so it gets only what cannot break it.
      const bounded = frame.mostBytes <= maxBytes ? native() : null;
      if (bounded === null) return decompressFrame(data, frame, maxBytes);
      return decoding('lz4', () => bounded.decompressFrameSync(data.subarray(0, frame.end)));
    },
  };
}
