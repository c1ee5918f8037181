import type { Socket } from 'node:net';
import { systemClock } from '../../src/base/index.ts';
import { BufferPool } from '../../src/server/buffer-pool.ts';
import { FrameAssembler } from '../../src/server/frame-assembler.ts';

const MAX_FRAME_BYTES = 16 * 1024 * 1024;
/** About what answers a Produce request. */
const ANSWER_BYTES = 60;
const answer = Buffer.alloc(4 + ANSWER_BYTES);
answer.writeInt32BE(ANSWER_BYTES);

/** Cuts what comes into frames and writes what `handle` says to all of a read, or leaves that to who was handed them. */
export function serveFrames(socket: Socket, handle: (frames: readonly Buffer[]) => Buffer | undefined): void {
  const assembler = new FrameAssembler(MAX_FRAME_BYTES, new BufferPool(0, systemClock));
  socket.on('data', (chunk: Buffer) => {
    assembler.push(chunk);
    const frames: Buffer[] = [];
    for (let frame = assembler.next(); frame !== undefined; frame = assembler.next()) frames.push(frame);
    assembler.keep();
    const answers = frames.length > 0 ? handle(frames) : undefined;
    if (answers !== undefined) socket.write(answers);
  });
  socket.on('error', () => socket.destroy());
}

/** In memory of its own. */
export function answerTo(frames: readonly Buffer[]): Buffer {
  const answers = Buffer.allocUnsafeSlow(frames.length * answer.length);
  frames.forEach((_, i) => answer.copy(answers, i * answer.length));
  return answers;
}
