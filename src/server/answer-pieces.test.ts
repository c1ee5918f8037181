import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SimulatedClock } from '../base/index.ts';
import type { Chunk } from '../wire/index.ts';
import { AnswerGoneError, AnswerPieces } from './answer-pieces.ts';
import { BufferPool } from './buffer-pool.ts';

/** Bytes that are read a few at a time, at once or later. */
function later(bytes: Buffer, atMost: number, isSlow: boolean): Chunk {
  let at = 0;
  return {
    length: bytes.length,
    read(target) {
      const count = bytes.copy(target, 0, at, Math.min(bytes.length, at + atMost));
      at += count;
      return isSlow ? Promise.resolve(count) : count;
    },
  };
}

const lengthOf = (chunks: readonly Chunk[]): number => chunks.reduce((sum, { length }) => sum + length, 0);

async function allOf(pieces: AnswerPieces, bytes: number): Promise<Buffer[]> {
  const all: Buffer[] = [];
  while (!pieces.isOver) all.push(Buffer.from(await pieces.next(bytes)));
  return all;
}

const content = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes));

describe('the pieces of an answer', () => {
  test('are all its bytes in order, in parts of about the size that is asked for and of one size', async () => {
    const part = fc.record({
      bytes: content,
      kind: fc.constantFrom('here', 'at once', 'slow'),
      step: fc.integer({ min: 1, max: 9 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1 }), fc.integer({ min: 1, max: 64 }), async (parts, aboutBytes) => {
        const chunks = parts.map(({ bytes, kind, step }) =>
          kind === 'here' ? bytes : later(bytes, step, kind === 'slow'),
        );
        const whole = Buffer.concat(parts.map(({ bytes }) => bytes));
        const pieces = await allOf(
          new AnswerPieces(chunks, whole.length, new BufferPool(0, new SimulatedClock())),
          aboutBytes,
        );
        expect(Buffer.concat(pieces)).toEqual(whole);
        const sizes = pieces.map(({ length }) => length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        expect(Math.max(...sizes)).toBeLessThan(Math.ceil(aboutBytes * 1.5) + 1);
      }),
    );
  });

  test('end with an error where what was promised is gone', async () => {
    const gone: Chunk = { length: 100, read: () => 0 };
    const goneLater: Chunk = { length: 100, read: () => Promise.resolve(0) };
    for (const chunk of [gone, goneLater]) {
      const chunks = [Buffer.alloc(10), chunk];
      const pieces = new AnswerPieces(chunks, lengthOf(chunks), new BufferPool(0, new SimulatedClock()));
      await expect(allOf(pieces, 64)).rejects.toThrow(AnswerGoneError);
    }
  });
});
