import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { RecordingLogger, SimulatedClock } from '../base/index.ts';
import type { Chunk } from '../wire/index.ts';
import { BufferPool } from './buffer-pool.ts';
import { Connection } from './connection.ts';
import { ConnectionContext } from './connection-context.ts';
import { ConnectionMetrics } from './connection-metrics.ts';
import { LoopTurn } from './loop-turn.ts';
import type { Pipeline } from './pipeline.ts';
import { RequestMemory } from './request-memory.ts';

const soon = (): Promise<void> => new Promise((done) => setImmediate(done));

/** What the connections of a broker share: a clock whose turns end when they are told to, among others. */
function shared() {
  const waiting: (() => void)[] = [];
  const clock = new SimulatedClock(undefined, (then) => waiting.push(then));
  const endTurn = async (): Promise<void> => {
    for (const then of waiting.splice(0)) then();
    await soon();
  };
  return { clock, endTurn, memory: new RequestMemory(-1, clock), loopTurn: new LoopTurn(clock) };
}

/** A connection whose requests take `requestMs` each. */
function connected({
  requestMs,
  reply = [Buffer.from('answer')],
  isPipelined = false,
  maxRequestBytes = 1000,
  among: { clock, endTurn, memory, loopTurn } = shared(),
}: {
  readonly requestMs: number;
  readonly reply?: readonly Chunk[] | Promise<readonly Chunk[]>;
  readonly isPipelined?: boolean;
  readonly maxRequestBytes?: number;
  readonly among?: ReturnType<typeof shared>;
}) {
  let begun = 0;
  const pipeline: Pick<Pipeline, 'begin' | 'isPipelined' | 'outstanding' | 'isCrowded'> = {
    isCrowded: false,
    isPipelined: () => isPipelined,
    outstanding: () => () => undefined,
    begin: () => {
      begun++;
      clock.advance(requestMs);
      return { ready: undefined, reply: Promise.resolve(reply), timing: undefined };
    },
  };
  const taking: (() => void)[] = [];
  const socket = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => void taking.push(done) });
  const context = new ConnectionContext({ id: 1, listener: 'PLAINTEXT', clientAddress: '127.0.0.1', principal: 'me' });
  const connection = new Connection(socket as Socket, context, {
    pipeline: pipeline as Pipeline,
    limits: { maxRequestBytes, maxPipelined: 64, maxUnsentBytes: 1_000_000 },
    clock,
    logger: new RecordingLogger(),
    pool: new BufferPool(0, clock),
    memory,
    loopTurn,
    metrics: new ConnectionMetrics(),
  });
  connection.open();
  return {
    begun: () => begun,
    advance: (ms: number): void => clock.advance(ms),
    isClosed: () => socket.destroyed,
    /** The client takes what was written first. */
    take: async (): Promise<void> => {
      taking.shift()?.();
      await soon();
    },
    receive: async (bytes: Buffer): Promise<void> => {
      socket.push(bytes);
      await soon();
    },
    endTurn,
  };
}

const frames = (count: number): Buffer => Buffer.concat(Array<Buffer>(count).fill(Buffer.from([0, 0, 0, 2, 0, 3])));

describe('many requests on one connection', () => {
  test('have the event loop for 2 ms, then others have their turn', async () => {
    const { begun, receive, endTurn } = connected({ requestMs: 1 });
    await receive(frames(5));
    expect(begun()).toBe(2);
    await endTurn();
    expect(begun()).toBe(4);
    await endTurn();
    expect(begun()).toBe(5);
  });

  test('are all begun in one turn where they take no time', async () => {
    const { begun, receive } = connected({ requestMs: 0 });
    await receive(frames(500));
    expect(begun()).toBe(500);
  });
});

describe('many connections', () => {
  test('have the event loop for 6 ms together, then timers and other sockets have their turn', async () => {
    const among = shared();
    const all = [1, 2, 3, 4].map(() => connected({ requestMs: 2, among }));
    const begun = (): number[] => all.map((each) => each.begun());
    for (const each of all) await each.receive(frames(1));
    expect(begun()).toEqual([1, 1, 1, 0]);
    await among.endTurn();
    expect(begun()).toEqual([1, 1, 1, 1]);
  });
});

describe('producers that a disk cannot follow', () => {
  const MIB = 1 << 20;
  const frame = (bytes: number): Buffer => {
    const bytesWithSize = Buffer.alloc(4 + bytes);
    bytesWithSize.writeInt32BE(bytes);
    return bytesWithSize;
  };

  test('have 64 MiB under way together, and one request more each', async () => {
    const among = shared();
    let written: (reply: readonly Chunk[]) => void = () => undefined;
    const reply = new Promise<readonly Chunk[]>((resolve) => (written = resolve));
    const connect = () => connected({ requestMs: 0, isPipelined: true, maxRequestBytes: 40 * MIB, reply, among });
    const [first, second] = [connect(), connect()];
    await first.receive(Buffer.concat([frame(40 * MIB), frame(40 * MIB), frame(10)]));
    expect(first.begun()).toBe(2);
    await second.receive(Buffer.concat([frame(10), frame(10)]));
    expect(second.begun()).toBe(1);
    written([]);
    await soon();
    expect([first.begun(), second.begun()]).toEqual([3, 2]);
  });
});

describe('a large answer', () => {
  const MIB = 1 << 20;

  /** Records of four MiB; how much of them was read. */
  function records() {
    const state = { readBytes: 0, left: 4 * MIB };
    const chunk: Chunk = {
      length: 4 * MIB,
      read(target) {
        const count = Math.min(target.length, state.left);
        state.readBytes += count;
        state.left -= count;
        return count;
      },
    };
    return { state, chunk };
  }

  test('is read as the client takes it; the next request begins when all of it has left', async () => {
    const { state, chunk } = records();
    const { begun, receive, take } = connected({ requestMs: 0, reply: [chunk] });
    await receive(frames(2));
    expect(state.readBytes).toBe(MIB);
    await take();
    expect(state.readBytes).toBe(2 * MIB);
    await take();
    await take();
    expect([state.readBytes, begun()]).toEqual([4 * MIB, 1]);
    await take();
    expect(begun()).toBe(2);
  });

  test('whose bytes are gone ends the connection', async () => {
    const { state, chunk } = records();
    const { receive, take, isClosed } = connected({ requestMs: 0, reply: [chunk] });
    await receive(frames(1));
    state.left = 0;
    expect(isClosed()).toBe(false);
    await take();
    expect(isClosed()).toBe(true);
  });

  test('gives others their turn after 2 ms', async () => {
    const { state, chunk } = records();
    const { receive, take, endTurn, advance } = connected({ requestMs: 0, reply: [chunk] });
    await receive(frames(1));
    advance(2);
    await take();
    expect(state.readBytes).toBe(MIB);
    await endTurn();
    expect(state.readBytes).toBe(2 * MIB);
  });
});
