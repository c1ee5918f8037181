import { connect, type Socket } from 'node:net';
import { systemClock } from '../../src/base/index.ts';
import { encodeRequestFrame, type Input, type Message } from '../../src/wire/index.ts';
import { BufferPool } from '../../src/server/buffer-pool.ts';
import { FrameAssembler } from '../../src/server/frame-assembler.ts';

const CORRELATION_ID_AT = 8;
const HEAD_BYTES = CORRELATION_ID_AT + 4;
const COPIED_BYTES = 1024;
const MAX_FRAME_BYTES = 256 * 1024 * 1024;
/** Where bytes land that have no other place yet, of all connections: all is cut or copied before the next read. */
const landing = Buffer.allocUnsafeSlow(256 * 1024);

export interface Target {
  readonly host: string;
  readonly port: number;
}

/** A request to be sent many times: only its correlation id changes. */
export function prepare<Q extends Message>(request: Q, version: number, value: Input<Q>): Buffer {
  return Buffer.concat(encodeRequestFrame(request, version, { correlationId: 0, clientId: 'load' }, value));
}

/**
 * One connection of the load generator: frames as they are go out, all of a turn in one system call, and replies come back in
 * order. A reply's memory is used again as soon as `onReply` returns.
 */
export class Link {
  readonly #socket: Socket;
  readonly #pool = new BufferPool(64 * 1024 * 1024, systemClock);
  readonly #frames = new FrameAssembler(MAX_FRAME_BYTES, this.#pool);
  readonly #waiting: ((frame: Buffer) => void)[] = [];
  readonly #failed: (error: Error) => void;
  #first = 0;
  #isCorked = false;
  #correlationId = 0;

  private constructor(target: Target, opened: () => void, failed: (error: Error) => void) {
    this.#failed = failed;
    let handedOut: Buffer = landing;
    this.#socket = connect(
      {
        ...target,
        noDelay: true,
        onread: {
          buffer: () => (handedOut = this.#frames.target ?? landing),
          callback: (count) => {
            if (handedOut === landing) this.#frames.push(landing.subarray(0, count));
            else this.#frames.landed(count);
            this.#deliver();
            return true;
          },
        },
      },
      opened,
    );
    this.#socket.on('error', failed);
    this.#socket.on('close', () => {
      if (this.#waiting.length > this.#first) failed(new Error('the broker closed the connection'));
    });
  }

  static open(target: Target): Promise<Link> {
    return new Promise((done, failed) => {
      const link: Link = new Link(target, () => done(link), failed);
    });
  }

  /** Sends a prepared frame under a number of its own. `onReply` gets the reply without its size. */
  send(prepared: Buffer, onReply: (frame: Buffer) => void): void {
    const copied = prepared.length <= COPIED_BYTES ? prepared.length : HEAD_BYTES;
    const head = Buffer.allocUnsafe(copied);
    prepared.copy(head, 0, 0, copied);
    head.writeInt32BE(++this.#correlationId, CORRELATION_ID_AT);
    this.#waiting.push(onReply);
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#socket.cork();
      process.nextTick(() => {
        this.#isCorked = false;
        this.#socket.uncork();
      });
    }
    this.#socket.write(head);
    if (copied < prepared.length) this.#socket.write(prepared.subarray(copied));
  }

  request(prepared: Buffer): Promise<Buffer> {
    return new Promise((done) => this.send(prepared, (frame) => done(Buffer.from(frame))));
  }

  close(): void {
    this.#socket.destroy();
  }

  #deliver(): void {
    for (let frame = this.#frames.next(); frame !== undefined; frame = this.#frames.next()) {
      const onReply = this.#waiting[this.#first++];
      if (this.#first > 1024) {
        this.#waiting.splice(0, this.#first);
        this.#first = 0;
      }
      if (onReply === undefined) return this.#failed(new Error('a reply that nobody waits for'));
      onReply(frame);
      this.#pool.recycle(frame);
    }
    this.#frames.keep();
  }
}
