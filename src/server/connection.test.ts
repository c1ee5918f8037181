import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { RecordingLogger, SimulatedClock } from '../base/index.ts';
import { BufferPool } from './buffer-pool.ts';
import { Connection } from './connection.ts';
import { ConnectionContext } from './connection-context.ts';
import { ConnectionMetrics } from './connection-metrics.ts';
import type { Pipeline } from './pipeline.ts';

const soon = (): Promise<void> => new Promise((done) => setImmediate(done));

/** A connection whose requests take `requestMs` each, on a clock whose turns end when they are told to. */
function connected({ requestMs }: { readonly requestMs: number }) {
  const waiting: (() => void)[] = [];
  const clock = new SimulatedClock(undefined, (then) => waiting.push(then));
  let begun = 0;
  const pipeline: Pick<Pipeline, 'begin' | 'isPipelined' | 'outstanding'> = {
    isPipelined: () => false,
    outstanding: () => () => undefined,
    begin: () => {
      begun++;
      clock.advance(requestMs);
      return { ready: undefined, reply: Promise.resolve([Buffer.from('answer')]), timing: undefined };
    },
  };
  const socket = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  const context = new ConnectionContext({ id: 1, listener: 'PLAINTEXT', clientAddress: '127.0.0.1', principal: 'me' });
  const connection = new Connection(socket as Socket, context, {
    pipeline: pipeline as Pipeline,
    limits: { maxRequestBytes: 1000, maxPipelined: 64, maxUnsentBytes: 1_000_000 },
    clock,
    logger: new RecordingLogger(),
    pool: new BufferPool(0),
    metrics: new ConnectionMetrics(),
  });
  connection.open();
  return {
    begun: () => begun,
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
