import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { crc32cModuleSource } from '../../../scripts/crc32c-module.ts';
import { crc32c, javaScriptCrc32c, webAssemblyCrc32c } from './crc32c.ts';

const table = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

function afterByte(crc: number, byte: number): number {
  return table[(crc ^ byte) & 255]! ^ (crc >>> 8);
}

function bytewise(buffer: Buffer, from: number, to: number): number {
  let crc = -1;
  for (let at = from; at < to; at++) crc = afterByte(crc, buffer[at]!);
  return ~crc >>> 0;
}

function noise(bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  let state = 12_345;
  for (let i = 0; i < bytes; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    buffer[i] = state >>> 24;
  }
  return buffer;
}

describe.each([
  ['WebAssembly', webAssemblyCrc32c()!],
  ['JavaScript', javaScriptCrc32c()],
])('crc32c in %s', (_name, implementation) => {
  test('gives the check value of the standard', () => {
    expect(implementation(Buffer.from('123456789'), 0, 9)).toBe(0xe3069283);
  });

  test('agrees with a bytewise reference at every length to 3,000 bytes, wherever the range begins', () => {
    const buffer = noise(3_100);
    // The reference grows by a byte a step, so that the test is quick.
    for (const from of [0, 1, 61]) {
      let reference = -1;
      const wrong: number[] = [];
      for (let bytes = 0; bytes <= 3_000; bytes++) {
        if (implementation(buffer, from, from + bytes) !== ~reference >>> 0) wrong.push(bytes);
        reference = afterByte(reference, buffer[from + bytes]!);
      }
      expect(wrong).toEqual([]);
    }
  });

  test.each([4_095, 8_191, 8_192, 8_193, 11_535, 20_001, 262_143, 262_144, 262_145, 270_336, 600_007, 1 << 20])(
    'agrees with the reference at %i bytes',
    (bytes) => {
      const buffer = noise(bytes + 5);
      expect(implementation(buffer, 5, bytes + 5)).toBe(bytewise(buffer, 5, bytes + 5));
    },
  );
});

test('the bytes given are left as they are', () => {
  const buffer = noise(20_000);
  crc32c(buffer);
  expect(buffer.equals(noise(20_000))).toBe(true);
});

test('without WebAssembly there is no module, and crc32c has its JavaScript', () => {
  const scope = globalThis as { WebAssembly?: object };
  const kept = scope.WebAssembly!;
  delete scope.WebAssembly;
  try {
    expect(webAssemblyCrc32c()).toBeNull();
  } finally {
    scope.WebAssembly = kept;
  }
});

test('the WebAssembly is what its generator makes', async () => {
  const committed = readFileSync(new URL('./crc32c-module.ts', import.meta.url), 'utf8');
  expect(await crc32cModuleSource()).toBe(committed);
});
