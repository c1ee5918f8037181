import { describe, expect, test } from '@jest/globals';
import { HOUR, MINUTE, SimulatedTransactions } from './simulated-transactions.check.ts';

const DAY = 24 * HOUR;

describe('a transaction out of time', () => {
  test('is aborted when somebody looks next, and its producer fenced', () => {
    const transactions = new SimulatedTransactions();
    const producer = transactions.init({ timeoutMs: MINUTE });
    transactions.add(producer, 'orders-0');
    transactions.advance(MINUTE - 1);
    expect(transactions.transaction().status).toBe('Ongoing');
    transactions.advance(10_001);
    expect(transactions.transaction()).toMatchObject({ status: 'PrepareAbort', producerEpoch: 1 });
    expect(transactions.decided).toMatchObject([{ isCommit: false, producerEpoch: 1 }]);
    transactions.markAll();
    expect(transactions.end(producer, true).errorCode).toBe(48);
    expect(transactions.add(producer, 'orders-0')).toBe(90);
    expect(transactions.init({ expected: producer })).toMatchObject({ errorCode: 0, producerEpoch: 1 });
  });

  test('counts from its own begin, whatever joined later', () => {
    const transactions = new SimulatedTransactions();
    const producer = transactions.init({ timeoutMs: MINUTE });
    transactions.advance(10 * MINUTE);
    transactions.add(producer, 'orders-0');
    transactions.advance(40_000);
    transactions.add(producer, 'orders-1');
    expect(transactions.transaction().status).toBe('Ongoing');
    transactions.advance(31_000);
    expect(transactions.transaction().status).toBe('PrepareAbort');
  });

  test('is found by the next coordinator too', () => {
    const transactions = new SimulatedTransactions();
    transactions.add(transactions.init({ timeoutMs: MINUTE }), 'orders-0');
    transactions.advance(30_000);
    transactions.moveCoordinator();
    transactions.advance(41_000);
    expect(transactions.transaction().status).toBe('PrepareAbort');
  });
});

describe('a transactional id that nobody uses', () => {
  test('is forgotten after transactional.id.expiration.ms', () => {
    const transactions = new SimulatedTransactions();
    transactions.init();
    transactions.advance(7 * DAY - 1);
    expect(transactions.hard.byId.size).toBe(1);
    transactions.advance(HOUR + 1);
    expect(transactions.hard.byId.size).toBe(0);
    expect(transactions.replayed()).toEqual(transactions.hard);
    expect(transactions.init()).toMatchObject({ producerId: 1_001, producerEpoch: 0 });
  });

  test('counts from its last transaction, and not while one is under way', () => {
    const transactions = new SimulatedTransactions();
    const producer = transactions.init();
    transactions.add(producer, 'orders-0');
    transactions.end(producer, true);
    transactions.advance(30 * DAY);
    expect(transactions.hard.byId.size).toBe(1);
    transactions.markAll();
    transactions.advance(7 * DAY - 1);
    expect(transactions.hard.byId.size).toBe(1);
    transactions.advance(HOUR + 1);
    expect(transactions.hard.byId.size).toBe(0);
  });

  test('costs no ticks where there are none', () => {
    const transactions = new SimulatedTransactions();
    expect(transactions.wakeAt).toBe(Infinity);
  });
});
