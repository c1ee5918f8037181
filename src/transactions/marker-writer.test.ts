import { describe, expect, test } from '@jest/globals';
import { silentLogger, SimulatedClock } from '../base/index.ts';
import { writeMarkers, type MarkerOutcome, type TransactionMarker } from './marker-writer.ts';
import { partitionsOf } from './simulated-transactions.check.ts';
import type { DecidedTransaction, TransactionReply, TransactionRequest } from './transaction-requests.ts';

/** A shard that hands out what it is given, and a way to partitions that answers as it is told. */
class Stage {
  readonly clock = new SimulatedClock();
  readonly written: TransactionMarker[] = [];
  readonly marked: string[] = [];
  /** By partition; otherwise they take the marker. */
  readonly errors = new Map<string, number>();
  readonly over: Promise<void>;
  #handOut: (transactions: readonly DecidedTransaction[]) => void = () => {};
  #close: (error: Error) => void = () => {};

  constructor() {
    this.over = writeMarkers({
      shard: (request) => this.#ask(request),
      channel: {
        write: (marker) => {
          this.written.push(marker);
          return Promise.resolve(this.#outcomes(marker));
        },
      },
      coordinatorEpoch: 4,
      clock: this.clock,
      logger: silentLogger,
    });
  }

  decide(transactionalId: string, partitions: string): Promise<void> {
    const decided = { producerId: 7, producerEpoch: 3, isCommit: true, clientTransactionVersion: 2 };
    this.#handOut([{ transactionalId, ...decided, partitions: partitionsOf(partitions) }]);
    return settled();
  }

  close(): void {
    this.#close(new Error('the shard is closed'));
  }

  #ask(request: TransactionRequest): Promise<TransactionReply> {
    if (request.api === 'marked') {
      this.marked.push(request.request.transactionalId);
      return Promise.resolve({ api: 'marked', response: {} });
    }
    return new Promise((resolve, reject) => {
      this.#handOut = (transactions) => resolve({ api: 'decided', response: { transactions } });
      this.#close = reject;
    });
  }

  #outcomes({ partitions }: TransactionMarker): MarkerOutcome[] {
    return [...partitions].flatMap(([topic, ids]) =>
      [...ids].map((partition) => ({ topic, partition, errorCode: this.errors.get(`${topic}-${partition}`) ?? 0 })),
    );
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('who writes markers', () => {
  test('tells the shard of a transaction when all its partitions have theirs', async () => {
    const stage = new Stage();
    await stage.decide('app', 'orders-0 orders-1 payments-0');
    expect(stage.written).toEqual([
      {
        producerId: 7,
        producerEpoch: 3,
        isCommit: true,
        coordinatorEpoch: 4,
        transactionVersion: 2,
        partitions: partitionsOf('orders-0 orders-1 payments-0'),
      },
    ]);
    expect(stage.marked).toEqual(['app']);
  });

  test('tries again where a partition may take the marker later, and only there', async () => {
    const stage = new Stage();
    stage.errors.set('orders-1', 6);
    await stage.decide('app', 'orders-0 orders-1');
    expect(stage.marked).toEqual([]);
    stage.clock.advance(100);
    await settled();
    stage.errors.clear();
    stage.clock.advance(100);
    await settled();
    expect(stage.written.map(({ partitions }) => partitions).slice(1)).toEqual([
      partitionsOf('orders-1'),
      partitionsOf('orders-1'),
    ]);
    expect(stage.marked).toEqual(['app']);
  });

  test('does not wait for a partition that is gone, nor for one where another has taken over', async () => {
    const stage = new Stage();
    stage.errors.set('orders-0', 3).set('orders-1', 47);
    await stage.decide('app', 'orders-0 orders-1 orders-2');
    expect(stage.marked).toEqual(['app']);
  });

  test('goes on with other transactions while one waits', async () => {
    const stage = new Stage();
    stage.errors.set('orders-0', 56);
    await stage.decide('stuck', 'orders-0');
    await stage.decide('quick', 'orders-1');
    expect(stage.marked).toEqual(['quick']);
  });

  test('stops when the shard is no more', async () => {
    const stage = new Stage();
    stage.errors.set('orders-0', 6);
    await stage.decide('app', 'orders-0');
    stage.close();
    await stage.over;
    stage.clock.advance(1_000);
    await settled();
    expect(stage.written).toHaveLength(1);
    expect(stage.marked).toEqual([]);
    expect(stage.clock.untilNext()).toBeUndefined();
  });
});
