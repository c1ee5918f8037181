import type { File } from '../base/index.ts';

const CHUNK_BYTES = 256 * 1024;

/** Whether there is nothing but zeros from `position` to the end of the file. @throws FileError */
export function isZeroFrom(file: File, position: number): boolean {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let at = position; ;) {
    const bytes = file.read(chunk, at);
    if (bytes === 0) return true;
    if (!chunk.subarray(0, bytes).every((byte) => byte === 0)) return false;
    at += bytes;
  }
}
