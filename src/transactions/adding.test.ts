import { describe, expect, test } from '@jest/globals';
import { ID, partitionsOf, SimulatedTransactions, type Known } from './simulated-transactions.check.ts';

function verify(transactions: SimulatedTransactions, producer: Known, partitions: string) {
  return transactions.ask('verifyPartitions', {
    transactionalId: ID,
    ...producer,
    partitions: partitionsOf(partitions),
  });
}

describe('a partition', () => {
  test('that is added begins a transaction, or joins the one that is open', () => {
    const transactions = new SimulatedTransactions();
    const producer = transactions.init();
    expect(transactions.add(producer, 'orders-0')).toBe(0);
    const { startMs } = transactions.transaction();
    transactions.advance(5);
    expect(transactions.add(producer, 'orders-1 payments-0')).toBe(0);
    expect(transactions.transaction()).toMatchObject({
      status: 'Ongoing',
      startMs,
      lastUpdateMs: startMs + 5,
      partitions: partitionsOf('orders-0 orders-1 payments-0'),
    });
  });

  test('that is in the transaction already costs no record', () => {
    const transactions = new SimulatedTransactions();
    const producer = transactions.init();
    transactions.add(producer, 'orders-0 orders-1');
    const { length } = transactions.log;
    expect(transactions.add(producer, 'orders-1')).toBe(0);
    expect(transactions.log).toHaveLength(length);
  });

  test('is added by the present producer alone', () => {
    const transactions = new SimulatedTransactions();
    const producer = transactions.init();
    expect(transactions.add({ ...producer, producerId: 5 }, 'orders-0')).toBe(49);
    expect(transactions.add({ ...producer, transactionalId: 'nobody' }, 'orders-0')).toBe(49);
    expect(transactions.add({ ...producer, transactionalId: '' }, 'orders-0')).toBe(42);
    expect(transactions.add({ ...producer, producerEpoch: 7 }, 'orders-0')).toBe(90);
    expect(transactions.transaction().status).toBe('Empty');
  });

  test('can be verified: which of them are missing, or why the producer may not ask', () => {
    const transactions = new SimulatedTransactions();
    const producer = transactions.init();
    transactions.add(producer, 'orders-0');
    expect(verify(transactions, producer, 'orders-0')).toEqual({ errorCode: 0, missing: new Map() });
    expect(verify(transactions, producer, 'orders-0 orders-1 payments-0')).toEqual({
      errorCode: 0,
      missing: partitionsOf('orders-1 payments-0'),
    });
    expect(verify(transactions, { ...producer, producerEpoch: 7 }, 'orders-0')).toMatchObject({ errorCode: 90 });
    transactions.end(producer, true, 0);
    expect(verify(transactions, producer, 'orders-0')).toMatchObject({ errorCode: 51 });
    expect(transactions.hard).toEqual(transactions.replayed());
  });
});
