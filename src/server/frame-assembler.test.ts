import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SimulatedClock } from '../base/index.ts';
import { BufferPool } from './buffer-pool.ts';
import { FrameAssembler, FrameSizeError } from './frame-assembler.ts';

const framed = (body: Buffer): Buffer => {
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
};
const assembler = (maxBytes: number): FrameAssembler =>
  new FrameAssembler(maxBytes, new BufferPool(1 << 22, new SimulatedClock()));

/** Hands over the stream as a socket would: into the target where there is one, as a chunk otherwise. */
function receive(into: FrameAssembler, stream: Buffer, cuts: readonly number[]): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0, i = 0; at < stream.length; i++) {
    const bytes = stream.subarray(at, at + (cuts[i % Math.max(cuts.length, 1)] ?? 7));
    const { target } = into;
    const taken = target === undefined ? bytes.length : bytes.copy(target);
    const landing = Buffer.from(bytes);
    if (target === undefined) into.push(landing);
    else into.landed(taken);
    at += taken;
    for (let frame = into.next(); frame !== undefined; frame = into.next()) frames.push(Buffer.from(frame));
    into.keep();
    landing.fill(0xee);
  }
  return frames;
}

describe('cutting a connection into frames', () => {
  test('small frames come out whole and in order, however the network cuts the bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 90 })),
        (bodies, cuts) => {
          const stream = Buffer.concat(bodies.map((body) => framed(Buffer.from(body))));
          expect(receive(assembler(1000), stream, cuts)).toEqual(bodies.map((body) => Buffer.from(body)));
        },
      ),
    );
  });

  test('large frames too, and small ones between them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 150_000 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1 }),
        (sizes, cuts) => {
          const bodies = sizes.map((size, i) => Buffer.alloc(size, i + 1));
          const frames = receive(assembler(1 << 20), Buffer.concat(bodies.map(framed)), cuts);
          expect(frames.map((frame) => frame.length)).toEqual(sizes);
          frames.forEach((frame, i) => expect(frame.equals(bodies[i] as Buffer)).toBe(true));
        },
      ),
      { numRuns: 40 },
    );
  });

  test('a frame larger than what is trusted grows as it arrives', () => {
    const body = Buffer.alloc(5_000_000, 7);
    const [frame] = receive(assembler(1 << 23), framed(body), [65_536]);
    expect(frame?.equals(body)).toBe(true);
  });

  test('an announced size alone sets little aside', () => {
    const into = assembler(100 << 20);
    const head = Buffer.alloc(4);
    head.writeInt32BE(100 << 20);
    into.push(head);
    expect(into.next()).toBeUndefined();
    expect(into.target?.length).toBeLessThanOrEqual(1 << 20);
  });

  test.each([3, 40_000])('the api key of a frame of %d bytes can be looked at before the frame is taken', (size) => {
    const into = assembler(1 << 20);
    const body = Buffer.alloc(size);
    body.writeInt16BE(18);
    const stream = framed(body);
    for (let at = 0; at < stream.length; at += 5) {
      const bytes = stream.subarray(at, at + 5);
      const { target } = into;
      if (target === undefined) into.push(bytes);
      else into.landed(bytes.copy(target));
      if (at + 5 < stream.length) expect(into.hasNext()).toBe(false);
    }
    expect(into.hasNext()).toBe(true);
    expect(into.peekApiKey()).toBe(18);
    expect(into.next()).toEqual(body);
  });

  test.each([-1, 11, 0x48545450])('an announced size of %d is refused before anything is kept for it', (size) => {
    const into = assembler(10);
    const head = Buffer.alloc(4);
    head.writeInt32BE(size);
    into.push(head);
    expect(() => into.next()).toThrow(FrameSizeError);
  });
});
