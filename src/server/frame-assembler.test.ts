import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FrameAssembler, FrameSizeError } from './frame-assembler.ts';

const framed = (body: Buffer): Buffer => {
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
};

describe('cutting a connection into frames', () => {
  test('frames come out whole and in order, however the network cuts the bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 90 })),
        (bodies, cuts) => {
          const stream = Buffer.concat(bodies.map((body) => framed(Buffer.from(body))));
          const assembler = new FrameAssembler(1000);
          const frames: Buffer[] = [];
          for (let at = 0, i = 0; at < stream.length; i++) {
            const step = cuts[i % Math.max(cuts.length, 1)] ?? 7;
            assembler.push(stream.subarray(at, at + step));
            at += step;
            for (let frame = assembler.next(); frame !== undefined; frame = assembler.next())
              frames.push(Buffer.from(frame));
          }
          expect(frames).toEqual(bodies.map((body) => Buffer.from(body)));
          expect(assembler.bufferedBytes).toBe(0);
        },
      ),
    );
  });

  test('a frame inside one chunk is a view of it', () => {
    const chunk = framed(Buffer.from('abc'));
    const assembler = new FrameAssembler(10);
    assembler.push(chunk);
    const frame = assembler.next();
    chunk.write('X', 4);
    expect(frame?.toString()).toBe('Xbc');
  });

  test('the api key can be looked at before the frame is taken', () => {
    const assembler = new FrameAssembler(10);
    assembler.push(Buffer.from([0, 0, 0, 3, 0]));
    assembler.push(Buffer.from([18, 7]));
    expect(assembler.hasNext()).toBe(true);
    expect(assembler.peekApiKey()).toBe(18);
    expect(assembler.next()).toEqual(Buffer.from([0, 18, 7]));
  });

  test.each([-1, 11, 0x48545450])('an announced size of %d is refused before anything is kept for it', (size) => {
    const assembler = new FrameAssembler(10);
    const head = Buffer.alloc(4);
    head.writeInt32BE(size);
    assembler.push(head);
    expect(() => assembler.next()).toThrow(FrameSizeError);
  });
});
