import { describe, expect, test } from '@jest/globals';
import { ID, partitionsOf, SimulatedTransactions, type Known } from './simulated-transactions.check.ts';

const INVALID_TXN_STATE = 48;
const CONCURRENT = 51;
const FENCED = 90;
const UNSUPPORTED_VERSION = 35;

/** With a transaction open in two partitions. */
function open(clientTransactionVersion = 2): { transactions: SimulatedTransactions; producer: Known } {
  const transactions = new SimulatedTransactions();
  const producer = transactions.init();
  expect(transactions.add(producer, 'orders-0 orders-1', clientTransactionVersion)).toBe(0);
  return { transactions, producer };
}

describe('a transaction whose producer keeps its epoch (v1)', () => {
  test.each([true, false])('is decided (commit: %s), then marked, then complete', (isCommit) => {
    const { transactions, producer } = open(0);
    expect(transactions.end(producer, isCommit, 0)).toEqual({ errorCode: 0, ...producer });
    expect(transactions.transaction().status).toBe(isCommit ? 'PrepareCommit' : 'PrepareAbort');
    expect(transactions.decided).toEqual([
      {
        transactionalId: ID,
        producerId: producer.producerId,
        producerEpoch: producer.producerEpoch,
        isCommit,
        clientTransactionVersion: 0,
        partitions: partitionsOf('orders-0 orders-1'),
      },
    ]);
    expect(transactions.end(producer, isCommit, 0).errorCode).toBe(CONCURRENT);
    expect(transactions.end(producer, !isCommit, 0).errorCode).toBe(CONCURRENT);
    expect(transactions.add(producer, 'orders-2', 0)).toBe(CONCURRENT);
    transactions.markAll();
    expect(transactions.transaction()).toMatchObject({
      status: isCommit ? 'CompleteCommit' : 'CompleteAbort',
      partitions: new Map(),
    });
    expect(transactions.end(producer, isCommit, 0).errorCode).toBe(0);
    expect(transactions.end(producer, !isCommit, 0).errorCode).toBe(INVALID_TXN_STATE);
  });

  test('must have begun', () => {
    const transactions = new SimulatedTransactions();
    const producer = transactions.init();
    expect(transactions.end(producer, true, 0).errorCode).toBe(INVALID_TXN_STATE);
    expect(transactions.end(producer, false, 0).errorCode).toBe(INVALID_TXN_STATE);
  });
});

describe('a transaction whose producer goes on with the next epoch (v2)', () => {
  test('has markers of that epoch', () => {
    const { transactions, producer } = open();
    expect(transactions.end(producer, true)).toEqual({ errorCode: 0, producerId: 1_000, producerEpoch: 1 });
    expect(transactions.decided).toMatchObject([{ producerEpoch: 1, clientTransactionVersion: 2 }]);
    transactions.markAll();
    expect(transactions.transaction()).toMatchObject({ status: 'CompleteCommit', producerEpoch: 1 });
    expect(transactions.add({ producerId: 1_000, producerEpoch: 1 }, 'orders-0')).toBe(0);
  });

  test('is answered again to whoever asks again', () => {
    const { transactions, producer } = open();
    transactions.end(producer, true);
    expect(transactions.end(producer, true).errorCode).toBe(CONCURRENT);
    expect(transactions.end(producer, false).errorCode).toBe(INVALID_TXN_STATE);
    transactions.markAll();
    expect(transactions.end(producer, true)).toEqual({ errorCode: 0, producerId: 1_000, producerEpoch: 1 });
    expect(transactions.end(producer, false).errorCode).toBe(INVALID_TXN_STATE);
    expect(transactions.end({ ...producer, producerEpoch: 7 }, true).errorCode).toBe(FENCED);
  });

  test('may be aborted before anything was written, not committed', () => {
    const transactions = new SimulatedTransactions();
    const producer = transactions.init();
    expect(transactions.end(producer, true).errorCode).toBe(INVALID_TXN_STATE);
    expect(transactions.end(producer, false)).toEqual({ errorCode: 0, producerId: 1_000, producerEpoch: 1 });
    transactions.markAll();
    const next = { producerId: 1_000, producerEpoch: 1 };
    expect(transactions.end(next, true).errorCode).toBe(INVALID_TXN_STATE);
    expect(transactions.end(next, false)).toEqual({ errorCode: 0, producerId: 1_000, producerEpoch: 2 });
  });

  test('goes on under another producer id where the epochs are used up', () => {
    const { transactions } = open();
    const last = { producerId: 1_000, producerEpoch: 32_766 };
    transactions.hard.byId.set(ID, { ...transactions.transaction(), ...last });
    expect(transactions.end(last, true)).toEqual({ errorCode: 0, producerId: 1_001, producerEpoch: 0 });
    expect(transactions.decided).toMatchObject([{ producerId: 1_000, producerEpoch: 32_767 }]);
    transactions.markAll();
    expect(transactions.transaction()).toMatchObject({
      producerId: 1_001,
      producerEpoch: 0,
      previousProducerId: 1_000,
    });
    expect(transactions.end(last, true)).toEqual({ errorCode: 0, producerId: 1_001, producerEpoch: 0 });
    expect(transactions.add({ producerId: 1_001, producerEpoch: 0 }, 'orders-0')).toBe(0);
  });
});

describe('who may end it', () => {
  test.each([0, 2])('only its present producer (v%s)', (version) => {
    const { transactions, producer } = open();
    expect(transactions.end({ ...producer, producerId: 5 }, true, version).errorCode).toBe(49);
    expect(transactions.end({ ...producer, transactionalId: 'nobody' }, true, version).errorCode).toBe(49);
    expect(transactions.end({ ...producer, transactionalId: '' }, true, version).errorCode).toBe(42);
    for (const producerEpoch of [producer.producerEpoch - 1, producer.producerEpoch + 1])
      expect(transactions.end({ ...producer, producerEpoch }, true, version).errorCode).toBe(FENCED);
    expect(transactions.transaction().status).toBe('Ongoing');
  });
});

describe('markers', () => {
  test('are handed out again by the next coordinator until they are known to be written', () => {
    const { transactions, producer } = open();
    transactions.end(producer, true);
    const [handedOut] = transactions.decided;
    transactions.moveCoordinator();
    expect(transactions.decided).toEqual([handedOut]);
    transactions.markAll();
    transactions.moveCoordinator();
    expect(transactions.decided).toEqual([]);
  });

  test('of a transaction that is over complete nothing', () => {
    const { transactions, producer } = open();
    transactions.end(producer, true);
    const [late] = transactions.decided;
    transactions.markAll();
    transactions.add({ producerId: 1_000, producerEpoch: 1 }, 'orders-0');
    transactions.end({ producerId: 1_000, producerEpoch: 1 }, false);
    transactions.ask('marked', {
      transactionalId: ID,
      producerId: late?.producerId ?? 0,
      producerEpoch: late?.producerEpoch ?? 0,
    });
    expect(transactions.transaction().status).toBe('PrepareAbort');
  });
});

test('a cluster at transaction.version 0 cannot keep who goes on after EndTxn v5', () => {
  const transactions = new SimulatedTransactions({ transactionVersion: 0 });
  const producer = transactions.init();
  expect(transactions.add(producer, 'orders-0', 0)).toBe(0);
  expect(transactions.end(producer, true, 2).errorCode).toBe(UNSUPPORTED_VERSION);
  expect(transactions.transaction().status).toBe('Ongoing');
  expect(transactions.end(producer, true, 0).errorCode).toBe(0);
});
