import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { RecordingLogger, SimulatedClock } from '../base/index.ts';
import type { Chunk } from '../wire/index.ts';
import { BufferPool } from './buffer-pool.ts';
import { Connection } from './connection.ts';
import { ConnectionContext } from './connection-context.ts';
import { ConnectionMetrics } from './connection-metrics.ts';
import type { Pipeline } from './pipeline.ts';
import { RequestMemory } from './request-memory.ts';

const soon = (): Promise<void> => new Promise((done) => setImmediate(done));

/** A connection whose requests take `requestMs` each, on a clock whose turns end when they are told to. */
function connected({
  requestMs,
  reply = [Buffer.from('answer')],
}: {
  readonly requestMs: number;
  readonly reply?: readonly Chunk[];
}) {
  const waiting: (() => void)[] = [];
  const clock = new SimulatedClock(undefined, (then) => waiting.push(then));
  let begun = 0;
  const pipeline: Pick<Pipeline, 'begin' | 'isPipelined' | 'outstanding' | 'isCrowded'> = {
    isCrowded: false,
    isPipelined: () => false,
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
    limits: { maxRequestBytes: 1000, maxPipelined: 64, maxUnsentBytes: 1_000_000 },
    clock,
    logger: new RecordingLogger(),
    pool: new BufferPool(0),
    memory: new RequestMemory(-1, clock),
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
    endTurn: async (): Promise<void> => {
      for (const then of waiting.splice(0)) then();
      await soon();
    },
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
