import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { SeededRandom } from '../base/index.ts';
import { md5 } from './md5.ts';

function digest(bytes: Buffer, from: number, to: number): string {
  const words = new Int32Array(4);
  md5(bytes, from, to, words);
  return Buffer.from(words.buffer).toString('hex');
}

test('the digest of any part of a buffer is what node:crypto says, at every length around the block', () => {
  const random = new SeededRandom(7);
  const bytes = random.bytes(1000);
  for (let length = 0; length < 300; length++) {
    const from = random.below(500);
    const expected = createHash('md5')
      .update(bytes.subarray(from, from + length))
      .digest('hex');
    expect([length, digest(bytes, from, from + length)]).toEqual([length, expected]);
  }
});
