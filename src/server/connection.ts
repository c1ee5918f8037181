import type { Socket } from 'node:net';
import { Queue, type Clock, type Logger } from '../base/index.ts';
import { isHere, type Chunk } from '../wire/index.ts';
import { AnswerPieces } from './answer-pieces.ts';
import type { BufferPool } from './buffer-pool.ts';
import { FrameAssembler } from './frame-assembler.ts';
import type { CloseCause, ConnectionMetrics } from './connection-metrics.ts';
import type { ConnectionContext } from './connection-context.ts';
import type { LoopTurn } from './loop-turn.ts';
import type { Pipeline } from './pipeline.ts';
import type { RequestMemory } from './request-memory.ts';
import type { RequestTiming } from './request-metrics.ts';
import { receiveInto } from './receiving.ts';

export interface ConnectionLimits {
  /** `socket.request.max.bytes` */
  readonly maxRequestBytes: number;
  /** Requests that may be under way at once on a connection, of those APIs that allow more than one. */
  readonly maxPipelined: number;
  /** Answers not yet taken by the socket, in bytes, above which no further request is begun. */
  readonly maxUnsentBytes: number;
}

/** Where bytes land that no large frame waits for: read by one connection at a time, and copied from at once. */
const landing = Buffer.allocUnsafeSlow(256 * 1024);

/** A place in the queue of answers: answers leave in the order in which their requests came. */
interface Slot {
  chunks: readonly Chunk[] | undefined;
  /** Why there will be no answer, and the connection ends here. */
  refusal: string | undefined;
  timing: RequestTiming | undefined;
  readonly pipelined: boolean;
  /** Of the request, until it is answered. */
  heldBytes: number;
}

/** How long a client that is turned away may take to read the answers before, ms. */
const LINGER_MS = 5_000;
/** How much of a large answer is in memory at a time, bytes: what a stock consumer asks of a partition in one go. */
const PIECE_BYTES = 1024 * 1024;
const SMALL_PIECE_BYTES = 16 * 1024;
/** How long one connection's requests may keep the event loop before the others have their turn, ms. */
const TURN_MS = 2;

/**
 * One client's connection: bytes in, frames to the pipeline, answers out in order.
 *
 * As in Apache Kafka, a connection's next request begins when the one before it is answered; only Produce requests
 * run side by side, up to a limit. While nothing may begin, nothing is read: a slow reader, or a client that sends
 * faster than it is served, fills its own socket buffers and no memory of ours.
 */
export class Connection {
  readonly context: ConnectionContext;
  readonly #socket: Socket;
  readonly #pipeline: Pipeline;
  readonly #limits: ConnectionLimits;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #pool: BufferPool;
  readonly #memory: RequestMemory;
  readonly #loopTurn: LoopTurn;
  readonly #metrics: ConnectionMetrics;
  readonly #frames: FrameAssembler;
  #handedOut: Buffer | undefined;
  readonly #slots = new Queue<Slot>();
  /** Frames that nobody looks at any more when the turn ends. */
  readonly #done: Buffer[] = [];
  /** A request that must be made ready (a codec loaded) before any later one may begin. */
  #held = false;
  #corked = false;
  /** A large answer is being read and sent: others wait behind it. */
  #isSendingPieces = false;
  #closed = false;
  #pumping = false;
  /** When this connection's turn began. */
  #turnMs = 0;
  /** It waits for the others to have their turn. */
  #yielding = false;
  #lastActiveMs: number;
  /** Since when a whole frame has been waiting for the request before it. */
  #waitingSinceMs: number | undefined;

  constructor(
    socket: Socket,
    context: ConnectionContext,
    options: {
      readonly pipeline: Pipeline;
      readonly limits: ConnectionLimits;
      readonly clock: Clock;
      readonly logger: Logger;
      readonly pool: BufferPool;
      readonly memory: RequestMemory;
      readonly loopTurn: LoopTurn;
      readonly metrics: ConnectionMetrics;
    },
  ) {
    this.context = context;
    this.#pipeline = options.pipeline;
    this.#limits = options.limits;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#pool = options.pool;
    this.#metrics = options.metrics;
    this.#memory = options.memory;
    this.#loopTurn = options.loopTurn;
    this.#frames = new FrameAssembler(options.limits.maxRequestBytes, options.pool, (sizeBytes) =>
      options.memory.take(sizeBytes),
    );
    this.#socket = receiveInto({ target: () => this.#target(), received: (count) => this.#received(count) }, socket);
    this.#lastActiveMs = options.clock.elapsed();
    this.#socket.on('drain', () => {
      // Each piece that the system takes at once is followed by this, within one turn.
      if (this.#isSendingPieces) return;
      this.#lastActiveMs = this.#turnMs = this.#clock.elapsed();
      this.#pump();
    });
    this.#socket.on('error', (error) =>
      this.#logger.debug('connection lost', { ...this.#about(), error: error.message }),
    );
    this.#socket.on('close', () => this.#end('client'));
  }

  /** Goes on where there was no room for the next request. */
  readonly #onRoom = (): void => {
    this.#lastActiveMs = this.#turnMs = this.#clock.elapsed();
    this.#pump();
  };

  /** Begins to read. */
  open(): void {
    this.#socket.resume();
  }

  /** Milliseconds since bytes last went in or out; 0 while a request is being answered. */
  idleMs(): number {
    return this.#slots.length > 0 ? 0 : this.#clock.elapsed() - this.#lastActiveMs;
  }

  /** Ends the connection at once. `reason` is logged. */
  close(cause: CloseCause, reason: string): void {
    if (this.#closed) return;
    this.#logger.info(`connection closed: ${reason}`, this.#about());
    this.#socket.destroy();
    this.#end(cause);
  }

  /** Ends it as soon as the answers given so far have been taken. */
  #turnAway(reason: string): void {
    if (this.#socket.writableLength === 0) return this.close('refused', reason);
    this.#logger.info(`connection closed: ${reason}`, this.#about());
    this.#end('refused');
    this.#socket.destroySoon();
    this.#clock.after(LINGER_MS, () => this.#socket.destroy());
  }

  #about(): { client: string | null; address: string; listener: string } {
    return { client: this.context.lastClientId, address: this.context.clientAddress, listener: this.context.listener };
  }

  #end(cause: CloseCause): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#metrics.closed[cause]++;
    this.#slots.clear();
    this.#memory.giveBack(this.#frames.admittedBytes);
    this.#memory.forget(this.#onRoom);
    this.context.closed();
  }

  /** Node asks for the next place as soon as it has filled one: what is wanted may be another by the time of the read. */
  #target(): Buffer {
    return (this.#handedOut = this.#frames.target ?? landing);
  }

  #received(count: number): void {
    this.#lastActiveMs = this.#turnMs = this.#clock.elapsed();
    this.#metrics.receivedBytes += count;
    if (this.#handedOut !== landing) {
      this.#frames.landed(count);
      this.#pump();
      return;
    }
    this.#frames.push(landing.subarray(0, count));
    this.#pump();
    this.#frames.keep();
  }

  #mayBegin(): boolean {
    if (this.#held || this.#isSendingPieces || this.#socket.writableLength >= this.#limits.maxUnsentBytes) return false;
    const last = this.#slots.last;
    if (last === undefined) return true;
    if (!last.pipelined || this.#slots.length >= this.#limits.maxPipelined || this.#memory.isCrowded) return false;
    return this.#pipeline.isPipelined(this.#frames.peekApiKey());
  }

  /** Whether this connection, or all of them, had the event loop for long enough. */
  get #isTurnOver(): boolean {
    const nowMs = this.#clock.elapsed();
    return this.#loopTurn.isOver(nowMs) || nowMs - this.#turnMs >= TURN_MS;
  }

  /** Whether this connection has had its turn; it goes on after the others. */
  #yields(): boolean {
    if (this.#yielding || !this.#isTurnOver) return this.#yielding;
    this.#yielding = true;
    this.#clock.endOfTurn(() => {
      this.#yielding = false;
      this.#turnMs = this.#clock.elapsed();
      this.#pump();
    });
    return true;
  }

  #pump(): void {
    if (this.#pumping || this.#closed || this.#slots.last?.refusal !== undefined) return;
    this.#pumping = true;
    try {
      while (!this.#closed && !this.context.isRefused && this.#frames.hasNext()) {
        if (!this.#mayBegin() || this.#yields()) {
          this.#waitingSinceMs ??= this.#lastActiveMs;
          this.#socket.pause();
          return;
        }
        this.#begin(this.#frames.next() as Buffer);
      }
      if (!this.#closed && this.#frames.lacksRoom) {
        this.#memory.await(this.#onRoom);
        this.#socket.pause();
        return;
      }
      if (!this.#closed && this.#socket.isPaused()) this.#socket.resume();
    } catch (error) {
      const slot: Slot = { chunks: undefined, refusal: undefined, timing: undefined, pipelined: false, heldBytes: 0 };
      this.#slots.push(slot);
      this.#refused(slot, error as Error);
    } finally {
      this.#pumping = false;
    }
  }

  #begin(frame: Buffer): void {
    const slot: Slot = {
      chunks: undefined,
      refusal: undefined,
      timing: undefined,
      pipelined: frame.length >= 2 && this.#pipeline.isPipelined(frame.readInt16BE(0)),
      heldBytes: frame.length,
    };
    this.#slots.push(slot);
    this.#memory.begun(slot.heldBytes);
    const begun = this.#pipeline.begin(frame, this.context, this.#waitingSinceMs ?? this.#lastActiveMs);
    this.#waitingSinceMs = undefined;
    slot.timing = begun.timing;
    // What another request asks for has been read, and is little: who waits long holds up nobody.
    if (!slot.pipelined) this.#letGo(slot);
    if (begun.ready !== undefined) {
      this.#held = true;
      void begun.ready.finally(() => {
        this.#held = false;
        this.#pump();
      });
    }
    if (begun.reply instanceof Promise)
      begun.reply.then(
        (chunks) => this.#answered(slot, frame, chunks),
        (error: Error) => this.#refused(slot, error),
      );
    else this.#answered(slot, frame, begun.reply);
  }

  #answered(slot: Slot, frame: Buffer, chunks: readonly Chunk[]): void {
    slot.chunks = chunks;
    this.#letGo(slot);
    if (slot.pipelined && this.#pool.hasLent(frame)) this.#recycleLater(frame);
    this.#settle();
    this.#pump();
  }

  /** The bytes of a request count no longer. */
  #letGo(slot: Slot): void {
    this.#memory.ended(slot.heldBytes);
    slot.heldBytes = 0;
  }

  /** What was produced is in the file when it is answered, or at the end of the turn. */
  #recycleLater(frame: Buffer): void {
    if (this.#done.push(frame) > 1) return;
    this.#clock.endOfTurn(() => {
      for (const each of this.#done.splice(0)) this.#pool.recycle(each);
    });
  }

  /** Nothing after a refused request is answered; what came before it is. */
  #refused(slot: Slot, { message }: Error): void {
    slot.refusal = message;
    this.#letGo(slot);
    if (!this.#closed) this.#socket.pause();
    this.#settle();
  }

  /** Sends the answers whose turn it is. */
  #settle(): void {
    for (let slot = this.#slots.first; slot !== undefined && !this.#closed; slot = this.#slots.first) {
      if (this.#isSendingPieces) return;
      if (slot.refusal !== undefined) return this.#turnAway(slot.refusal);
      if (slot.chunks === undefined) return;
      this.#slots.shift();
      this.#send(slot.chunks, slot.timing);
    }
  }

  #send(chunks: readonly Chunk[], timing: RequestTiming | undefined): void {
    if (chunks.length === 0) return;
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    timing?.sending(bytes, this.#clock.elapsed());
    if (chunks.every(isHere)) this.#write(chunks, bytes, timing);
    else this.#sendPieces(new AnswerPieces(chunks, bytes, this.#pool), timing);
  }

  /** All that is answered in one go leaves in one system call. */
  #write(chunks: readonly Buffer[], bytes: number, timing: RequestTiming | undefined): void {
    const last = chunks.length - 1;
    if (!this.#corked) {
      this.#corked = true;
      this.#socket.cork();
      process.nextTick(() => {
        this.#corked = false;
        this.#lastActiveMs = this.#clock.elapsed();
        this.#socket.uncork();
      });
    }
    const taken = this.#pipeline.outstanding(bytes);
    const sent = (): void => {
      taken();
      this.#metrics.sentBytes += bytes;
      timing?.sent(this.#clock.elapsed());
      for (const chunk of chunks) this.#pool.recycle(chunk);
    };
    for (let i = 0; i < last; i++) this.#socket.write(chunks[i] as Buffer);
    this.#socket.write(chunks[last] as Buffer, sent);
  }

  /** What a reader does not take stays where it is: one piece of it is in memory. */
  #sendPieces(pieces: AnswerPieces, timing: RequestTiming | undefined): void {
    this.#isSendingPieces = true;
    const write = (piece: Buffer): void => {
      const taken = this.#pipeline.outstanding(piece.length);
      this.#socket.write(piece, (error) => {
        taken();
        this.#pool.recycle(piece);
        if (error) return;
        this.#metrics.sentBytes += piece.length;
        this.#lastActiveMs = this.#clock.elapsed();
        if (!pieces.isOver) return this.#inTurn(next);
        timing?.sent(this.#lastActiveMs);
        this.#isSendingPieces = false;
        this.#settle();
        this.#pump();
      });
    };
    const failed = ({ message }: Error): void => this.close('refused', message);
    const next = (): void => {
      if (this.#closed) return;
      try {
        const piece = pieces.next(this.#pipeline.isCrowded ? SMALL_PIECE_BYTES : PIECE_BYTES);
        if (piece instanceof Promise) piece.then(write).catch(failed);
        else write(piece);
      } catch (error) {
        failed(error as Error);
      }
    };
    next();
  }

  /** Goes on, but after the others where this connection has had its turn. */
  #inTurn(goOn: () => void): void {
    if (!this.#isTurnOver) return goOn();
    this.#clock.endOfTurn(() => {
      this.#turnMs = this.#clock.elapsed();
      goOn();
    });
  }
}
